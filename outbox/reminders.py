"""What the clock says in a thread: it begins tomorrow, ends tomorrow, is it back? And, at last, the end."""

from datetime import UTC, datetime

from federation.instance import Instance
from models.agreements.reminding import list_forgotten, list_reminders
from models.database import connection, transaction
from outbox.cases import open_case, remind
from outbox.endings import end_by_clock, give_back

AT_ONCE = 100


async def remind_due(instance: Instance, at: datetime | None = None) -> int:
    """Say what is due, and end what was forgotten; how many. A chore; twice at the same time says it once."""
    at = at or datetime.now(UTC)
    return await _remind(instance, at) + await _forget(instance, at)


async def _remind(instance: Instance, at: datetime) -> int:
    total = 0
    while True:
        async with transaction(instance.pool) as conn:
            due = await list_reminders(conn, at=at, limit=AT_ONCE)
            for one in due:
                await remind(conn, instance.site, one.agreement_id, one.kind)
        total += len(due)
        if len(due) < AT_ONCE:
            return total


async def _forget(instance: Instance, at: datetime) -> int:
    async with connection(instance.pool) as conn:
        forgotten = await list_forgotten(conn, at=at, limit=AT_ONCE)
    for id in forgotten:
        async with transaction(instance.pool) as conn:
            case = await open_case(conn, id)
            if case.agreement.state == "agreed":
                await give_back(conn, instance.site, await end_by_clock(conn, instance.site, case))
    return len(forgotten)
