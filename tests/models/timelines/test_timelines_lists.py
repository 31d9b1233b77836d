"""Lists, followed tags, and what both make of the home timeline and of its readers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from models import posts, timelines
from models.errors import Invalid, NotFound
from models.people.actors import Actor
from models.posts import Post, Tag
from models.relations import featured_tags, followed_tags, follows, lists
from models.relations.blocking import mutes
from models.relations.lists import ReadingList
from models.store.database import Connection, execute
from models.timelines import Page
from tests.factories import make_follow, make_member, make_note, make_remote_actor
from tests.models.timelines.test_timelines import home, share


async def make_list(conn: Connection, owner: Actor, *people: Actor, **changes: Any) -> ReadingList:
    values: dict[str, Any] = {"title": "Voisins", "replies_policy": "list", "exclusive": False}
    made = await lists.create(conn, owner.id, **(values | changes))
    await lists.add(conn, made, [one.id for one in people])
    return made


async def read(conn: Connection, shown: ReadingList, **page: Any) -> list[int]:
    return [entry.post_id for entry in await timelines.list_list(conn, shown.id, Page(**page))]


async def follow_tag(conn: Connection, reader: Actor, tag: str) -> None:
    await followed_tags.save(conn, actor_id=reader.id, tag=tag, name=tag)


def tagged(tag: str) -> dict[str, Any]:
    return {"tags": (Tag(tag=tag, name=tag),)}


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    return await make_member(conn)


@pytest.fixture
async def bob(conn: Connection, alice: Actor) -> Actor:
    """Somebody elsewhere whom Alice follows."""
    bob = await make_remote_actor(conn)
    await make_follow(conn, alice, bob)
    return bob


@pytest.fixture
async def carol(conn: Connection) -> Actor:
    """Somebody elsewhere whom nobody follows."""
    return await make_remote_actor(conn, "carol")


async def test_a_list_holds_what_its_people_write_and_share_in_pages(
    conn: Connection, alice: Actor, bob: Actor, carol: Actor
) -> None:
    dave = await make_remote_actor(conn, "dave")
    await make_follow(conn, alice, dave)
    shown = await make_list(conn, alice, bob)

    first, shared = await make_note(conn, bob), await make_note(conn, carol)
    await make_note(conn, dave)
    await make_note(conn, bob, audience="direct", mention_ids=(alice.id,))
    last = await make_note(conn, bob, audience="followers")
    await share(conn, bob, shared.id)

    assert await read(conn, shown) == [shared.id, last.id, first.id]
    assert await read(conn, shown, limit=1, before=last.id) == [first.id]
    assert await read(conn, shown, limit=1, after=first.id) == [last.id]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("none", "self owner"), ("list", "self owner member"), ("followed", "self owner member other")],
)
async def test_which_answers_a_list_shows(
    conn: Connection, alice: Actor, bob: Actor, carol: Actor, policy: str, expected: str
) -> None:
    member, other = await make_remote_actor(conn, "member"), await make_remote_actor(conn, "other")
    for followed in (member, other):
        await make_follow(conn, alice, followed)
    shown = await make_list(conn, alice, bob, member, replies_policy=policy)
    answered = {"self": bob, "owner": alice, "member": member, "other": other, "stranger": carol}
    names: dict[int, str] = {}
    for name, author in answered.items():
        parent = await make_note(conn, author, audience="unlisted")
        names[(await make_note(conn, bob, in_reply_to_uri=parent.uri)).id] = name

    found = await read(conn, shown)

    assert [names[id] for id in reversed(found) if id in names] == expected.split()


async def test_lists_take_only_whom_their_owner_follows_and_lose_whom_she_unfollows(
    conn: Connection, alice: Actor, bob: Actor, carol: Actor
) -> None:
    shown = await make_list(conn, alice, bob)
    note = await make_note(conn, bob)

    with pytest.raises(NotFound):
        await lists.add(conn, shown, [carol.id])
    with pytest.raises(Invalid):
        await lists.add(conn, shown, [bob.id])
    before = await read(conn, shown)
    await follows.remove(conn, follower_id=alice.id, followed_id=bob.id)

    assert before == [note.id]
    assert await read(conn, shown) == []
    assert await lists.list_members(conn, shown.id) == []


async def test_an_exclusive_list_takes_its_people_out_of_the_home(
    conn: Connection, alice: Actor, bob: Actor, carol: Actor
) -> None:
    await follow_tag(conn, alice, "velo")
    shown = await make_list(conn, alice, bob, exclusive=True)
    note = await make_note(conn, bob, **tagged("velo"))
    await share(conn, bob, (await make_note(conn, carol)).id)
    watched = await timelines.list_home_readers(conn, [alice.id], post_ids=[note.id], share_ids=[])

    apart = await home(conn, alice)
    await lists.save(conn, replace(shown, exclusive=False))

    assert (apart, watched) == ([], {})
    assert note.id in await home(conn, alice)


async def test_a_followed_tag_brings_public_posts_home_once(
    conn: Connection, alice: Actor, bob: Actor, carol: Actor
) -> None:
    for tag in ("velo", "offre"):
        await follow_tag(conn, alice, tag)
    both = await make_note(conn, carol, tags=(Tag(tag="velo", name="velo"), Tag(tag="offre", name="offre")))
    followed = await make_note(conn, bob, **tagged("offre"))
    await make_note(conn, carol, **tagged("demande"))
    await make_note(conn, carol, **tagged("velo"), audience="unlisted")
    await make_note(conn, carol, **tagged("velo"), in_reply_to_uri=followed.uri)
    shared = await share(conn, bob, both.id)

    shown = await home(conn, alice)
    readers = await timelines.list_home_readers(conn, [alice.id], post_ids=[both.id, followed.id], share_ids=[shared])

    assert shown == [followed.id, both.id]
    assert readers == {both.id: {alice.id}, followed.id: {alice.id}}
    await followed_tags.remove(conn, actor_id=alice.id, tag="offre")
    await followed_tags.remove(conn, actor_id=alice.id, tag="velo")
    assert await home(conn, alice) == [both.id, followed.id]


async def test_a_followed_tag_brings_nothing_of_whom_the_reader_hides(
    conn: Connection, alice: Actor, carol: Actor
) -> None:
    await follow_tag(conn, alice, "velo")
    note = await make_note(conn, carol, **tagged("velo"))
    await mutes.save(conn, actor_id=alice.id, target_id=carol.id)

    assert await home(conn, alice) == []
    assert await timelines.list_home_readers(conn, [alice.id], post_ids=[note.id], share_ids=[]) == {}


async def test_pages_with_followed_tags_join_without_a_gap(
    conn: Connection, alice: Actor, bob: Actor, carol: Actor
) -> None:
    await follow_tag(conn, alice, "velo")
    made: list[Post] = []
    for number in range(12):
        made.append(await make_note(conn, carol if number % 3 else bob, **tagged("velo")))
    newest_first = [post.id for post in reversed(made)]

    down: list[int] = []
    while page := await home(conn, alice, limit=5, **({"before": down[-1]} if down else {})):
        down += page
    up: list[int] = [0]
    while page := await home(conn, alice, limit=5, after=up[0]):
        up = page + up

    assert down == newest_first
    assert up[:-1] == newest_first


BOUNDS: list[tuple[int, Callable[[Connection, int, int], Any]]] = [
    (
        followed_tags.MOST,
        lambda conn, id, number: followed_tags.save(conn, actor_id=id, tag=f"t{number}", name=f"t{number}"),
    ),
    (
        featured_tags.MOST,
        lambda conn, id, number: featured_tags.save(conn, actor_id=id, tag=f"t{number}", name=f"t{number}"),
    ),
    (
        lists.MOST_LISTS,
        lambda conn, id, number: lists.create(conn, id, title="x", replies_policy="list", exclusive=False),
    ),
]


@pytest.mark.parametrize(("most", "add"), BOUNDS)
async def test_there_is_a_bound(
    conn: Connection, alice: Actor, most: int, add: Callable[[Connection, int, int], Any]
) -> None:
    for number in range(most):
        await add(conn, alice.id, number)

    with pytest.raises(Invalid):
        await add(conn, alice.id, most)


async def test_a_list_has_a_bound_of_people(conn: Connection, alice: Actor, bob: Actor) -> None:
    shown = await make_list(conn, alice)

    with pytest.raises(Invalid):
        await lists.add(conn, shown, [bob.id] * (lists.MOST_MEMBERS + 1))


async def test_featured_tags_count_public_posts(conn: Connection, alice: Actor) -> None:
    last = await make_note(conn, alice, **tagged("velo"))
    await make_note(conn, alice, **tagged("velo"), audience="followers")
    await make_note(conn, alice, **tagged("lomme"))
    taken_back = await make_note(conn, alice, **tagged("velo"))
    await posts.delete(conn, taken_back.id)

    made = await featured_tags.save(conn, actor_id=alice.id, tag="velo", name="Vélo")
    unused = await featured_tags.save(conn, actor_id=alice.id, tag="rien", name="Rien")

    assert (made.posts, made.last_post_at) == (1, last.published_at)
    assert (unused.posts, unused.last_post_at) == (0, None)
    assert await featured_tags.list_suggestions(conn, alice.id) == [("lomme", "lomme")]
    await execute(conn, "DELETE FROM account WHERE actor_id = $1", alice.id)
    assert await featured_tags.list_featured(conn, alice.id) == []
