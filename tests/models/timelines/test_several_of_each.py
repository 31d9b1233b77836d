"""Several tags, pictures or reasons of one kind are looked at as one: a post stands once, or not at all."""

import pytest

from models import searches, timelines
from models.people.actors import Actor
from models.posts import Post, Tag
from models.posts.media import media
from models.posts.media.media import RemoteDocument
from models.relations.blocking import blocks, mutes
from models.searches import NetworkFilter
from models.store.database import Connection
from models.timelines import Page, PostFilter
from tests.factories import make_listing, make_member, make_remote_actor

BOTH = ("velo", "tente")

PICTURES = [RemoteDocument(url=f"https://henin.test/{number}.jpg", mime_type="image/jpeg") for number in (1, 2)]


@pytest.fixture
async def bob(conn: Connection) -> Actor:
    return await make_remote_actor(conn)


@pytest.fixture
async def post(conn: Connection, bob: Actor) -> Post:
    """A listing of Bob's with two tags and two pictures."""
    tags = tuple(Tag(tag=name, name=name) for name in BOTH)
    made = (await make_listing(conn, bob, post={"tags": tags})).post
    await media.save_remote(conn, made.id, PICTURES)
    return made


FILTERS = [
    PostFilter(any_tags=BOTH),
    PostFilter(all_tags=BOTH),
    PostFilter(only_media=True),
    PostFilter(any_tags=BOTH, all_tags=("velo",), only_media=True),
]


@pytest.mark.parametrize("filter", FILTERS, ids=["any", "all", "pictures", "both"])
async def test_a_post_with_several_stands_once(conn: Connection, bob: Actor, post: Post, filter: PostFilter) -> None:
    for entries in (
        await timelines.list_by_author(conn, bob.id, None, filter, Page()),
        await timelines.list_public(conn, None, filter, Page()),
    ):
        assert [one.post_id for one in entries] == [post.id]


async def test_a_post_with_several_unwanted_tags_does_not_stand(conn: Connection, post: Post) -> None:
    unwanted = PostFilter(any_tags=("velo",), no_tags=BOTH)

    assert await timelines.list_public(conn, None, unwanted, Page()) == []


async def test_a_listing_with_several_pictures_is_found_once(conn: Connection, post: Post) -> None:
    wanted = NetworkFilter(with_photo=True)

    assert [one.id for one in await searches.list_network(conn, wanted)] == [post.id]
    assert sum((await searches.count_network(conn, wanted)).values()) == 1


async def test_whom_one_blocks_and_mutes_is_hidden_as_well(conn: Connection, bob: Actor, post: Post) -> None:
    alice = await make_member(conn)
    await blocks.save(conn, uri="https://x.test/b", actor_id=alice.id, target_id=bob.id)
    await blocks.save(conn, uri="https://x.test/c", actor_id=bob.id, target_id=alice.id)
    await mutes.save(conn, actor_id=alice.id, target_id=bob.id)

    assert await timelines.list_public(conn, alice.id, PostFilter(), Page()) == []
    assert await timelines.list_public(conn, alice.id, PostFilter(any_tags=BOTH), Page()) == []
    assert await searches.list_network(conn, NetworkFilter(reader_id=alice.id, reader_local=True)) == []
