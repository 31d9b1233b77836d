"""What anybody may ask of this server in figures names no single newcomer."""

from models.people.usage_statistics import FEWEST_JOINED, list_weeks
from models.store.database import Connection, execute
from tests.factories import make_member


async def test_newcomers_of_a_week_are_told_where_they_are_many_and_members(conn: Connection) -> None:
    for number in range(FEWEST_JOINED):
        last = await make_member(conn, f"m{number}")
    await execute(conn, "UPDATE account SET passing = true WHERE actor_id = $1", last.id)

    few = (await list_weeks(conn))[0]
    await execute(conn, "UPDATE account SET passing = false WHERE actor_id = $1", last.id)
    many = (await list_weeks(conn))[0]

    assert (few.registrations, many.registrations) == (0, FEWEST_JOINED)
