"""What comes by itself: reminders, the next time of what comes again, the end of what is over."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

from federation.instance import Instance
from models.meetings import due, meetings, occurrences
from models.meetings.meetings import FullMeeting
from models.people import actors
from models.settings import Site
from models.store.background.periodic_tasks import require_whole
from models.store.database import Connection, connection
from outbox.each_in_transaction import run_each
from outbox.meetings.meeting_limits import list_spans
from outbox.meetings.meetings import set_status
from outbox.meetings.notices import tell
from outbox.meetings.occurrences import show_next

AT_ONCE = 50


async def remind_due(instance: Instance, *, at: datetime | None = None) -> int:
    """The day before, each once, in her language: who comes tomorrow. A chore; how many. Raises Unfinished."""
    now, total = at or datetime.now(UTC), 0
    while True:
        async with connection(instance.pool) as conn:
            found = await due.list_unreminded(conn, at=now, limit=AT_ONCE)
        failed = await run_each(
            instance.pool, "reminder of meeting", {id: id for id in found}, partial(_remind, instance.site, now)
        )
        total += len(found) - len(failed)
        if len(found) < AT_ONCE or failed:
            require_whole(failed)
            return total


async def _remind(site: Site, at: datetime, conn: Connection, registration_id: int) -> None:
    registration = await due.claim_reminder(conn, registration_id, at)
    occurrence = await occurrences.find(conn, registration.occurrence_id) if registration is not None else None
    full = await meetings.find_full(conn, occurrence.meeting_id) if occurrence is not None else None
    if registration is not None and full is not None:
        await tell(conn, site, full, registration, "reminder")


async def go_on(instance: Instance, *, at: datetime | None = None) -> int:
    """What comes again tells of its next time, and of times further ahead; what is over ends. A chore; how many.

    Raises Unfinished for those that failed, once all had their turn.
    """
    now, site = at or datetime.now(UTC), instance.site
    async with connection(instance.pool) as conn:
        further = await due.list_to_extend(conn, at=now, limit=AT_ONCE)
    unextended = await _run(instance, "extended meeting", further, partial(_extend, now))
    async with connection(instance.pool) as conn:
        over = await meetings.list_over(conn, now, AT_ONCE)
    unended = await _run(instance, "ended meeting", over, partial(_end, site, now))
    async with connection(instance.pool) as conn:
        passed = await meetings.list_passed(conn, now, AT_ONCE)
    unshown = await _run(instance, "next meeting", passed, partial(_show_next, site))
    require_whole(unextended | unended | unshown)
    return len(over) + len(passed)


async def _run(
    instance: Instance, name: str, ids: list[int], act: Callable[[Connection, int], Awaitable[object]]
) -> dict[str, Exception]:
    return await run_each(instance.pool, name, {id: id for id in ids}, act)


async def _lock(conn: Connection, meeting_id: int) -> FullMeeting:
    """The meeting as whoever changed it a moment ago left it."""
    await meetings.lock(conn, meeting_id)
    full = await meetings.find_full(conn, meeting_id)
    assert full is not None
    return full


async def _extend(at: datetime, conn: Connection, meeting_id: int) -> None:
    full = await _lock(conn, meeting_id)
    spans = list_spans(full.meeting, since=at)
    if spans:
        await occurrences.sync(conn, meeting_id, spans, since=max(at, spans[0].recurs_at))
    await due.note_extended(conn, meeting_id, at)


async def _end(site: Site, at: datetime, conn: Connection, meeting_id: int) -> None:
    full = await _lock(conn, meeting_id)
    if await occurrences.list_of_meeting(conn, meeting_id, since=at):
        return  # put off meanwhile
    await set_status(conn, site, await actors.get(conn, full.listing.post.author_id), full, "fulfilled")


async def _show_next(site: Site, conn: Connection, meeting_id: int) -> None:
    full = await _lock(conn, meeting_id)
    await show_next(conn, site, await actors.get(conn, full.listing.post.author_id), full)
