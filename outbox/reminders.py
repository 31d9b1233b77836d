"""What the clock says in a thread: it begins tomorrow, ends tomorrow, is it back? And, at last, the end."""

from datetime import UTC, datetime

from federation.instance import Instance
from models.agreements.reminding import Reminder, list_forgotten, list_reminders
from models.chores import require_whole
from models.database import Connection, connection
from outbox.cases import open_case, remind
from outbox.endings import end_by_clock, give_back
from outbox.turns import take_turns

AT_ONCE = 100


async def remind_due(instance: Instance, at: datetime | None = None) -> int:
    """Say what is due, and end what was forgotten; how many. A chore; twice at the same time says it once.

    Raises Unfinished for what could not be said or ended, once all had their turn.
    """
    at = at or datetime.now(UTC)
    said, unsaid = await _remind(instance, at)
    ended, unended = await _forget(instance, at)
    require_whole(unsaid | unended)
    return said + ended


async def _remind(instance: Instance, at: datetime) -> tuple[int, dict[str, Exception]]:
    total, failed = 0, dict[str, Exception]()

    async def say(conn: Connection, due: Reminder) -> None:
        await remind(conn, instance.site, due.agreement_id, due.kind)

    while True:
        async with connection(instance.pool) as conn:
            due = await list_reminders(conn, at=at, limit=AT_ONCE)
        stuck = await take_turns(instance.pool, "reminder of agreement", {one.agreement_id: one for one in due}, say)
        failed |= stuck
        total += len(due) - len(stuck)
        if len(due) < AT_ONCE or stuck:
            return total, failed


async def _forget(instance: Instance, at: datetime) -> tuple[int, dict[str, Exception]]:
    async def end(conn: Connection, id: int) -> None:
        case = await open_case(conn, id)
        if case.agreement.state == "agreed":
            await give_back(conn, instance.site, await end_by_clock(conn, instance.site, case))

    async with connection(instance.pool) as conn:
        forgotten = await list_forgotten(conn, at=at, limit=AT_ONCE)
    failed = await take_turns(instance.pool, "agreement", {id: id for id in forgotten}, end)
    return len(forgotten) - len(failed), failed
