"""What answers a post as everybody may read it: which answers, in which order, by pages."""

from typing import Any

import pytest

from models import posts
from models.people import actors
from models.people.actors import Actor
from models.posts import Post, reply_threads
from models.relations.blocking import blocks
from models.store.database import Connection, execute
from tests.factories import make_member, make_note, make_remote_actor


async def make_answer(conn: Connection, author: Actor, post: Post, **changes: Any) -> Post:
    return await make_note(conn, author, in_reply_to_uri=post.uri, **changes)


async def test_direct_answers_and_whole_threads_come_by_pages(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    root = await make_note(conn, alice)
    answers = [await make_answer(conn, bob, root) for _ in range(3)]
    below = await make_answer(conn, alice, answers[0])
    whole = [one.id for one in (root, *answers, below)]

    for found, every in ((reply_threads.list_replies, whole[1:4]), (reply_threads.list_thread, whole)):
        first = await found(conn, root.id, after=0, limit=2)
        following = await found(conn, root.id, after=first[-1].id, limit=9)
        assert [one.id for one in first] == every[:2]
        assert [one.id for one in following] == every[2:]
    assert (await reply_threads.count_replies(conn, root.id), await reply_threads.count_thread(conn, root.id)) == (3, 5)


async def delete_post(conn: Connection, answer: Post, author: Actor, reader: Actor) -> None:
    await posts.delete(conn, answer.id)


async def suspend(conn: Connection, answer: Post, author: Actor, reader: Actor) -> None:
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", author.id)


async def leave(conn: Connection, answer: Post, author: Actor, reader: Actor) -> None:
    await actors.delete(conn, author.id)


@pytest.mark.parametrize("act", [delete_post, suspend, leave])
async def test_what_stands_no_more_is_neither_listed_nor_counted_nor_what_is_below_it(
    conn: Connection, act: Any
) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    root = await make_note(conn, alice)
    answer = await make_answer(conn, bob, root)
    await make_answer(conn, alice, answer)

    await act(conn, answer, bob, alice)

    assert await reply_threads.list_replies(conn, root.id, after=0, limit=9) == []
    assert [one.id for one in await reply_threads.list_thread(conn, root.id, after=0, limit=9)] == [root.id]
    assert (await reply_threads.count_replies(conn, root.id), await reply_threads.count_thread(conn, root.id)) == (0, 1)


@pytest.mark.parametrize(("audience", "seen"), [("unlisted", True), ("coop", False), ("followers", False)])
async def test_only_what_everybody_may_read_is_told(conn: Connection, audience: Any, seen: bool) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    root = await make_note(conn, alice)
    answer = await make_answer(conn, bob, root, audience=audience)

    listed = await reply_threads.list_replies(conn, root.id, after=0, limit=9)
    thread = await reply_threads.list_thread(conn, root.id, after=0, limit=9)

    assert [one.id for one in listed] == ([answer.id] if seen else [])
    assert [one.id for one in thread] == ([root.id, answer.id] if seen else [root.id])
    assert await reply_threads.list_thread(conn, answer.id, after=0, limit=9) == (thread[1:] if seen else [])
    assert await reply_threads.count_thread(conn, answer.id) == int(seen)


async def test_who_does_not_see_an_author_gets_the_others_and_the_number_stays(conn: Connection) -> None:
    alice, bob, carol = await make_member(conn), await make_remote_actor(conn), await make_remote_actor(conn, "carol")
    root = await make_note(conn, alice)
    hidden, seen = await make_answer(conn, bob, root), await make_answer(conn, carol, root)
    await blocks.save(conn, uri=f"{alice.uri}#blocks/1", actor_id=alice.id, target_id=bob.id)

    for reader, expected in ((alice.id, [seen.id]), (carol.id, [hidden.id, seen.id]), (None, [hidden.id, seen.id])):
        found = await reply_threads.list_replies(conn, root.id, after=0, limit=9, reader_id=reader)
        whole = await reply_threads.list_thread(conn, root.id, after=0, limit=9, reader_id=reader)
        assert [one.id for one in found] == expected
        assert [one.id for one in whole] == [root.id, *expected]
    assert await reply_threads.count_replies(conn, root.id) == 2
