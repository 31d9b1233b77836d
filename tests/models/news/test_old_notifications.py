"""What somebody was told long ago is forgotten; what she has not read stays much longer."""

from datetime import timedelta

import pytest

from models.news import notifications, old_notifications
from models.news.old_notifications import KEPT, READ_KEPT, forget_old
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_member, make_remote_actor

DAY = timedelta(days=1)


async def tell(conn: Connection, name: str, ago: timedelta, *, read: bool) -> None:
    """Alice was told so long ago that somebody follows her."""
    alice, bob = await make_member(conn, f"a_{name}"), await make_remote_actor(conn, name)
    id = await notifications.notify(conn, recipient_id=alice.id, type="follow", actor_id=bob.id)
    await execute(
        conn,
        """
        UPDATE notification SET created_at = now() - $2::interval, read_at = CASE WHEN $3 THEN now() END,
            id = id - (extract(epoch FROM $2::interval) * 1000000)::bigint * 4096
        WHERE id = $1
        """,
        id,
        ago,
        read,
    )


async def count(conn: Connection) -> int:
    found: int = await fetch_value(conn, "SELECT count(*) FROM notification")
    return found


@pytest.mark.parametrize(
    ("ago", "read", "left"),
    [
        (READ_KEPT - DAY, True, 1),
        (READ_KEPT + DAY, True, 0),
        (READ_KEPT + DAY, False, 1),
        (KEPT - DAY, False, 1),
        (KEPT + DAY, False, 0),
    ],
)
async def test_what_is_read_goes_sooner(conn: Connection, ago: timedelta, read: bool, left: int) -> None:
    await tell(conn, "bob", ago, read=read)

    await forget_old(conn)

    assert await count(conn) == left


async def test_of_many_the_oldest_go_first(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        await tell(conn, f"b{number}", KEPT + number * DAY + DAY, read=False)
    monkeypatch.setattr(old_notifications, "MOST", 2)

    assert await forget_old(conn) == 2

    oldest = await fetch_value(conn, "SELECT max(now() - created_at) FROM notification")
    assert KEPT + 3 * DAY <= oldest < KEPT + 4 * DAY
