"""Whoever is in an exchange with somebody who is suspended, then excluded: what ends, and what is still to be given
back.
"""

from datetime import UTC, datetime, timedelta

from models.exchanges import agreements as held
from models.exchanges import exchanges
from models.exchanges.agreements import Terms
from models.store.database import Connection, execute
from outbox.exchanges.agreements.agreements import accept, request
from outbox.moderation.sanctions import take_back
from tests.factories import HERE, make_listing, make_member
from tests.rulings import rule

SOON = datetime.now(UTC) + timedelta(days=30)

TERMS = Terms(begins_at=SOON, ends_at=SOON + timedelta(days=1))


async def test_days_are_freed_by_an_exclusion_alone_and_what_was_handed_over_stays(conn: Connection) -> None:
    alice, hocine = await make_member(conn), await make_member(conn, "hocine")
    waiting, settled, begun = [
        await request(conn, HERE, hocine, await make_listing(conn, alice), TERMS) for _ in range(3)
    ]
    for one in (settled, begun):
        await accept(conn, HERE, alice, one)
    await execute(conn, "UPDATE agreement SET begins_at = now() - interval '1 day' WHERE id = $1", begun.id)

    async def see() -> list[tuple[str, str]]:
        """How each stands, and what its thread said last."""
        found: list[tuple[str, str]] = []
        for one in (waiting, settled, begun):
            [*_, last] = await exchanges.list_entries(conn, one.exchange_id)
            [event] = await exchanges.list_events(conn, [last.id])
            found.append(((await held.get(conn, one.id)).state, event.kind))
        return found

    suspended = await rule(conn, alice, "suspend")
    assert await see() == [("requested", "stopped"), ("agreed", "stopped"), ("agreed", "stopped")]
    await take_back(conn, HERE, suspended, by=None)
    assert await see() == [("requested", "resumed"), ("agreed", "resumed"), ("agreed", "resumed")]
    await rule(conn, alice, "suspend")

    await rule(conn, alice, "exclude")

    assert [state for state, _ in await see()] == ["refused", "cancelled", "agreed"]
