"""The week in figures as the page asks for it."""

from datetime import UTC, datetime, timedelta

from federation.instance import Instance
from models.moments import PARIS
from models.store.database import execute, transaction
from tests.factories import make_member
from web.pages.coop.week import load_weeks


async def test_the_week_that_runs_is_counted_each_time_and_those_that_are_over_once(instance: Instance) -> None:
    now = datetime.now(UTC)
    today = now.astimezone(PARIS).date()
    async with transaction(instance.pool) as conn:
        before = await load_weeks(conn, instance, today)
        for name, days in (("ancienne", 10), ("nouvelle", 0)):
            member = await make_member(conn, name)
            moment = now - timedelta(days=days)
            await execute(conn, "UPDATE account SET created_at = $2 WHERE actor_id = $1", member.id, moment)

        kept = await load_weeks(conn, instance, today)
        instance.past_weeks.clear()
        counted = await load_weeks(conn, instance, today)

    members = [[one.members for one in weeks] for weeks in (before, kept, counted)]
    assert (members[1][:-1], members[1][-1]) == (members[0][:-1], members[0][-1] + 1)
    assert (members[2][-2], members[2][-1]) == (members[1][-2] + 1, members[1][-1])
