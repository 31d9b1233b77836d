"""What was taken back, and what somebody wrote who is kept out, leaves every timeline and goes live in none."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from models import searches, timelines
from models.people.actors import Actor
from models.posts import Post, Tag
from models.relations.lists import ReadingList
from models.store.database import Connection
from models.timelines import Page, PostFilter
from tests.factories import make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.models.marks import mark_deleted, mark_gone
from tests.models.timelines.test_timelines import share
from tests.models.timelines.test_timelines_lists import follow_tag, make_list

TAGS = (Tag(tag="velo", name="Velo"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Alice follows Bob, who writes and shares what Carol wrote; she follows a tag too, under which Dora writes."""

    alice: Actor
    people: list[Actor]
    note: Post
    shared: Post
    tagged: Post
    share_id: int
    voisins: ReadingList

    @property
    def posts(self) -> list[int]:
        """All that there is to read."""
        return [self.note.id, self.shared.id, self.tagged.id]


@pytest.fixture
async def scene(conn: Connection) -> Scene:
    alice = await make_member(conn)
    bob, carol, dora = [await make_remote_actor(conn, name) for name in ("bob", "carol", "dora")]
    await make_follow(conn, alice, bob)
    await follow_tag(conn, alice, "velo")
    shared, tagged, note = [
        await make_note(conn, carol),
        await make_note(conn, dora, tags=TAGS),
        (await make_listing(conn, bob)).post,
    ]
    return Scene(
        alice=alice,
        people=[bob, carol, dora],
        note=note,
        shared=shared,
        tagged=tagged,
        share_id=await share(conn, bob, shared.id),
        voisins=await make_list(conn, alice, bob),
    )


Read = Callable[[Connection, Scene], Awaitable[object]]


async def list_watchers(conn: Connection, at: Scene) -> object:
    return await timelines.list_home_readers(conn, [at.alice.id], post_ids=at.posts, share_ids=[at.share_id])


async def list_watched_lists(conn: Connection, at: Scene) -> object:
    return await timelines.list_lists_with(conn, [at.voisins.id], post_ids=at.posts, share_ids=[at.share_id])


READS: dict[str, Read] = {
    "home": lambda conn, at: timelines.list_home(conn, at.alice.id, Page()),
    "home, upward": lambda conn, at: timelines.list_home(conn, at.alice.id, Page(after=1)),
    "a list": lambda conn, at: timelines.list_list(conn, at.voisins.id, Page()),
    "what anybody reads": lambda conn, at: timelines.list_public(conn, None, PostFilter(), Page()),
    "a tag": lambda conn, at: timelines.list_public(conn, None, PostFilter(any_tags=("velo",)), Page()),
    "the network": lambda conn, at: searches.list_network(conn, searches.NetworkFilter()),
    "live to anybody": lambda conn, at: timelines.list_public_posts(conn, at.posts),
    "live at home": list_watchers,
    "live in lists": list_watched_lists,
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("gone", ["posts", "people"])
async def test_it_stands_there_until_it_is_gone(conn: Connection, scene: Scene, read: Read, gone: str) -> None:
    before = await read(conn, scene)

    if gone == "posts":
        for post in (scene.note, scene.shared, scene.tagged):
            await mark_deleted(conn, post)
    else:
        for person in scene.people:
            await mark_gone(conn, person, "suspended_at")

    assert before
    assert not await read(conn, scene)


async def list_page(conn: Connection, scene: Scene) -> list[int]:
    found = await timelines.list_by_author(conn, scene.people[0].id, None, PostFilter(), Page())
    return [one.post_id for one in found]


async def list_home(conn: Connection, scene: Scene) -> set[int]:
    return {one.post_id for one in await timelines.list_home(conn, scene.alice.id, Page())}


async def test_each_leaves_alone(conn: Connection, scene: Scene) -> None:
    assert sorted(await list_page(conn, scene)) == sorted([scene.note.id, scene.shared.id])
    assert await list_home(conn, scene) == set(scene.posts)

    await mark_gone(conn, scene.people[1], "suspended_at")
    assert await list_page(conn, scene) == [scene.note.id]
    assert await list_home(conn, scene) == {scene.note.id, scene.tagged.id}

    await mark_deleted(conn, scene.note)
    assert await list_page(conn, scene) == []
    assert await list_home(conn, scene) == {scene.tagged.id}


async def test_what_somebody_shares_leaves_with_its_author(conn: Connection, scene: Scene) -> None:
    await mark_deleted(conn, scene.shared)

    assert await list_page(conn, scene) == [scene.note.id]
    assert await list_home(conn, scene) == {scene.note.id, scene.tagged.id}
    found = await timelines.list_home_readers(conn, [scene.alice.id], post_ids=[], share_ids=[scene.share_id])
    assert found == {}


async def test_what_was_taken_back_pushes_nothing_off_a_short_page(conn: Connection, scene: Scene) -> None:
    bob = scene.people[0]
    for post in (scene.shared, scene.tagged, await make_note(conn, bob)):
        await mark_deleted(conn, post)

    for page in (Page(limit=1), Page(limit=1, after=scene.note.id - 1)):
        home = await timelines.list_home(conn, scene.alice.id, page)
        listed = await timelines.list_list(conn, scene.voisins.id, page)
        assert [one.post_id for one in home] == [one.post_id for one in listed] == [scene.note.id]
