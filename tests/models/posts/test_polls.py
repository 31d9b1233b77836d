"""Polls of others, as their servers tell them again and again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from models.posts.polls import polls
from models.posts.polls.polls import NewPoll
from models.store.database import Connection
from tests.factories import make_note, make_remote_actor

NOW = datetime.now(UTC)

OPEN = NewPoll(options=("Oui", "Non"), votes=(1, 2), multiple=False, voters=3, ends_at=None, closed_at=None)


async def test_a_poll_that_was_closed_keeps_its_day_and_is_told_once_until_it_opens_again(conn: Connection) -> None:
    post = await make_note(conn, await make_remote_actor(conn))

    async def tell(poll: NewPoll) -> tuple[datetime | None, list[int]]:
        await polls.save_remote(conn, post.id, poll)
        held = await polls.find(conn, post.id, None)
        assert held is not None
        return held.closed_at, [one.post_id for one in await polls.take_ended(conn)]

    yesterday = NOW - timedelta(days=1)
    closed = replace(OPEN, closed_at=yesterday)

    assert await tell(OPEN) == (None, [])
    assert await tell(closed) == (yesterday, [post.id])
    assert await tell(replace(OPEN, closed_at=NOW)) == (yesterday, [])
    assert await tell(OPEN) == (None, [])
    assert await tell(closed) == (yesterday, [post.id])


async def test_a_poll_whose_time_has_come_is_told_once(conn: Connection) -> None:
    post = await make_note(conn, await make_remote_actor(conn))
    ended = replace(OPEN, ends_at=NOW - timedelta(days=1))

    told = []
    for poll in (ended, ended, replace(ended, ends_at=NOW + timedelta(days=1)), ended):
        await polls.save_remote(conn, post.id, poll)
        told.append([one.post_id for one in await polls.take_ended(conn)])

    assert told == [[post.id], [], [], [post.id]]
