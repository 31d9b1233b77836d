"""Weeks begin on Monday by the clock in Paris, and what was long ago is forgotten."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.people import accounts
from models.people.team import duty
from models.store.database import Connection, execute
from tests.factories import make_member


@pytest.mark.parametrize(
    ("at", "monday"),
    [
        (datetime(2026, 11, 28, 12, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 29, 22, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 29, 23, 0, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2027, 7, 4, 22, 0, tzinfo=UTC), date(2027, 7, 5)),
        (datetime(2027, 1, 1, 12, tzinfo=UTC), date(2026, 12, 28)),
    ],
)
def test_a_week_begins_on_monday_at_midnight_in_paris(at: datetime, monday: date) -> None:
    assert duty.find_week(at) == monday


async def test_who_was_on_duty_a_year_ago_is_forgotten(conn: Connection) -> None:
    mona, now = await make_member(conn, "mona", roles=["moderator"]), datetime.now(UTC)
    week = duty.find_week(now)
    await duty.take(conn, await accounts.get(conn, mona.id), "moderator", week, now)
    await execute(
        conn,
        "INSERT INTO duty (week, role, actor_id) VALUES ($1, 'moderator', $2), ($3, 'moderator', $2)",
        week - timedelta(weeks=51),
        mona.id,
        week - timedelta(weeks=53),
    )

    assert await duty.forget_old(conn) == 1
    assert [one.week for one in await duty.list_own(conn, mona.id)] == [week - timedelta(weeks=51), week]
