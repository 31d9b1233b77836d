"""Posts: stored once, tied to what they answer, and seen by whom they are for."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import posts
from models.people.actors import Actor
from models.posts import Audience, NewPost, Tag, reply_threads
from models.relations.blocking import blocks
from models.store.database import Connection, Pool, connection, execute, fetch_column, transaction
from tests.factories import make_follow, make_member, make_note, make_remote_actor
from tests.lock_waits import await_lock

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


async def _people(conn: Connection, author: Actor) -> dict[str, Actor | None]:
    """Everybody who may ask: nobody, members, followers, those named, others."""
    anna, ours = await make_member(conn, "anna"), await make_member(conn, "ours")
    theirs, asking = await make_remote_actor(conn, "theirs"), await make_remote_actor(conn, "asking")
    for follower in (ours, theirs):
        await make_follow(conn, follower, author)
    await make_follow(conn, asking, author, state="pending")
    return {
        "anybody": None,
        "author": author,
        "member": anna,
        "our follower": ours,
        "their follower": theirs,
        "asking": asking,
        "stranger": await make_remote_actor(conn, "stranger"),
        "named": await make_remote_actor(conn, "named"),
        "addressed": await make_remote_actor(conn, "addressed"),
    }


async def _tie_to_others(conn: Connection, alice: Actor, people: list[Actor]) -> None:
    """What says nothing of the post: they block, follow and read somebody else, and another note names them."""
    other, blocked = await make_remote_actor(conn, "other"), await make_remote_actor(conn, "blocked")
    for one in people:
        await blocks.save(conn, uri=f"{one.uri}/blocks/1", actor_id=one.id, target_id=blocked.id)
        await make_follow(conn, one, other)
    await make_note(conn, alice, audience="direct", mention_ids=tuple(one.id for one in people))


EVERYBODY = {
    "anybody",
    "author",
    "member",
    "our follower",
    "their follower",
    "asking",
    "stranger",
    "named",
    "addressed",
}
NAMED = {"author", "named", "addressed"}


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("network", EVERYBODY),
        ("unlisted", EVERYBODY),
        ("coop", NAMED | {"member", "our follower"}),
        ("territories", NAMED | {"member", "our follower", "their follower"}),
        ("followers", NAMED | {"our follower", "their follower"}),
        ("direct", NAMED),
    ],
)
async def test_who_may_read_what(conn: Connection, audience: Audience, readers: set[str]) -> None:
    alice = await make_member(conn)
    people = await _people(conn, alice)
    named, addressed = people["named"], people["addressed"]
    assert named is not None and addressed is not None
    note = await make_note(conn, alice, audience=audience, mention_ids=(named.id,), silent_ids=(addressed.id,))
    await _tie_to_others(conn, alice, [one for one in people.values() if one is not None and one.id != alice.id])

    seen = {
        name
        for name, reader in people.items()
        if await posts.filter_visible(conn, [note.id], reader.id if reader else None)
    }

    assert seen == readers


@pytest.mark.parametrize("blocker", ["author", "reader"])
async def test_people_who_block_each_other_see_nothing_of_each_other(conn: Connection, blocker: str) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    note = await make_note(conn, alice, mention_ids=(bob.id,))
    first, second = (alice, bob) if blocker == "author" else (bob, alice)
    await blocks.save(conn, uri="https://lomme.test/b", actor_id=first.id, target_id=second.id)

    assert await posts.find_visible(conn, note.id, bob.id) is None
    assert await posts.find_visible(conn, note.id, None) is not None


@pytest.mark.parametrize("column", ["deleted_at", "suspended_at"])
async def test_posts_of_somebody_gone_or_suspended_are_hidden(conn: Connection, column: str) -> None:
    alice = await make_member(conn)
    note = await make_note(conn, alice)

    if column == "deleted_at":
        await execute(conn, "UPDATE actor SET deleted_at = now() WHERE id = $1", alice.id)
    else:
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", alice.id)

    assert await posts.find_visible(conn, note.id, None) is None


async def test_the_same_id_is_stored_once(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    note = await make_note(conn, bob)

    assert await posts.create(conn, _same(note.uri, bob)) is None


def _same(uri: str, author: Actor, **changes: Any) -> NewPost:
    values: dict[str, Any] = {
        "kind": "note",
        "local": False,
        "url": uri,
        "audience": "network",
        "content": "<p>x</p>",
    } | changes
    return NewPost(uri=uri, author_id=author.id, **values)


async def test_tags_and_mentions_are_stored_with_it(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)

    note = await make_note(
        conn,
        alice,
        tags=(Tag(tag="velo", name="Vélo"), Tag(tag="velo", name="vélo")),
        mention_ids=(bob.id,),
        silent_ids=(bob.id, alice.id),
    )

    assert [tag.name for tag in (await posts.list_tags(conn, [note.id]))[note.id]] == ["vélo"]
    assert (await posts.list_mentions(conn, [note.id]))[note.id] == [bob.id]
    addressed = await fetch_column(conn, "SELECT actor_id FROM mention WHERE post_id = $1", note.id)
    assert set(addressed) == {alice.id, bob.id}


async def test_of_two_versions_that_come_at_once_the_newer_one_stays(pool: Pool) -> None:
    async with transaction(pool) as conn:
        bob = await make_remote_actor(conn)
        note = await make_note(conn, bob)
    newer, older = (
        replace(make_new(bob, note.uri), content=f"<p>{minutes}</p>", updated_at=BEGAN + timedelta(minutes=minutes))
        for minutes in (2, 1)
    )

    async def keep_older() -> bool:
        async with transaction(pool) as conn:
            return await posts.save_edit(conn, note.id, older)

    async with transaction(pool) as conn:
        assert await posts.save_edit(conn, note.id, newer)
        waiting = asyncio.create_task(keep_older())
        await await_lock(pool)

    assert not await waiting
    async with connection(pool) as conn:
        assert await fetch_column(conn, "SELECT content FROM post WHERE id = $1", note.id) == ["<p>2</p>"]


@pytest.mark.parametrize("answer_first", [True, False])
async def test_an_answer_that_comes_at_the_same_time_is_tied_too(pool: Pool, answer_first: bool) -> None:
    async with transaction(pool) as conn:
        bob, eve = await make_remote_actor(conn), await make_remote_actor(conn, "eve")
    asked, answering = "https://henin.test/notes/1", "https://bray.test/notes/2"
    news = [make_new(bob, asked), make_new(eve, answering, in_reply_to_uri=asked)]
    first, second = reversed(news) if answer_first else news

    async def keep_second() -> None:
        async with transaction(pool) as conn:
            await posts.create(conn, second)

    async with transaction(pool) as conn:
        await posts.create(conn, first)
        waiting = asyncio.create_task(keep_second())
        async with connection(pool) as other:
            while not await fetch_column(other, "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                assert not waiting.done()
    await waiting

    async with connection(pool) as conn:
        tied = await fetch_column(conn, "SELECT in_reply_to_id IS NOT NULL FROM post WHERE uri = $1", answering)
    assert tied == [True]


def make_new(author: Actor, uri: str, **changes: Any) -> NewPost:
    return NewPost(
        uri=uri, kind="note", local=False, author_id=author.id, url=uri, audience="network", content="", **changes
    )


async def test_answers_are_tied_in_whatever_order_they_come(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    late = await make_note(conn, bob, in_reply_to_uri="https://lomme.test/root")
    assert late.in_reply_to_id is None

    root = await make_note(conn, alice, uri="https://lomme.test/root")
    below = await make_note(conn, bob, in_reply_to_uri=late.uri)

    [tied] = await posts.list_by_ids(conn, [late.id])
    assert (tied.in_reply_to_id, tied.root_id) == (root.id, root.id)
    assert (below.in_reply_to_id, below.root_id) == (late.id, root.id)


async def test_only_a_newer_edit_counts(conn: Connection) -> None:
    bob, now = await make_remote_actor(conn), datetime.now(UTC)
    note = await make_note(conn, bob)

    def version(text: str, seconds: int) -> NewPost:
        return _same(note.uri, bob, content=text, updated_at=now + timedelta(seconds=seconds))

    assert await posts.save_edit(conn, note.id, version("deux", 2))
    assert not await posts.save_edit(conn, note.id, version("un", 1))
    assert not await posts.save_edit(conn, note.id, version("encore", 2))

    [held] = await posts.list_by_ids(conn, [note.id])
    assert held.content == "deux"


async def test_what_was_public_leaves_a_tombstone_and_what_others_wrote_in_private_nothing(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    ours, theirs = await make_note(conn, alice), await make_note(conn, bob)
    private = await make_note(conn, bob, audience="direct")

    for post in (ours, theirs, private):
        assert await posts.delete(conn, post.id)

    for post in (ours, theirs):
        left = await posts.find_by_uri(conn, post.uri)
        assert left is not None and left.deleted_at is not None and left.content == ""
        assert not await posts.delete(conn, post.id)
    assert await posts.find_by_uri(conn, private.uri) is None


async def test_figures_count_what_anybody_may_read(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    note = await make_note(conn, alice)
    await make_note(conn, bob, in_reply_to_uri=note.uri)
    await make_note(conn, bob, in_reply_to_uri=note.uri, audience="direct")
    await execute(conn, "INSERT INTO favourite (id, actor_id, post_id) VALUES (1, $1, $2)", bob.id, note.id)

    counts = (await posts.count(conn, [note.id], bob.id))[note.id]

    assert (counts.replies, counts.favourites, counts.shares, counts.favourited) == (1, 1, 0, True)


async def test_the_public_thread_leaves_private_answers_out(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    root = await make_note(conn, alice)
    public = await make_note(conn, bob, in_reply_to_uri=root.uri)
    await make_note(conn, bob, in_reply_to_uri=root.uri, audience="direct")

    thread = await reply_threads.list_thread(conn, root.id, after=0, limit=10)
    assert [one.uri for one in thread] == [root.uri, public.uri]


async def test_only_a_post_of_ours_changes_its_audience(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    ours, theirs = await make_note(conn, alice, audience="coop"), await make_note(conn, bob, audience="direct")

    for note, author in ((ours, alice), (theirs, bob)):
        await posts.save_audience(conn, note.id, _same(note.uri, author, audience="network"))

    found = {post.id: post.audience for post in await posts.list_by_ids(conn, [ours.id, theirs.id])}
    assert found == {ours.id: "network", theirs.id: "direct"}
