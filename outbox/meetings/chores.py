"""What comes by itself: reminders, the next time of what comes again, the end of what is over."""

from datetime import UTC, datetime, timedelta

from federation.instance import Instance
from models.meetings import due, meetings, occurrences
from models.meetings.recurrence import AHEAD
from models.people import actors
from models.settings import Site
from models.store.database import Connection, transaction
from outbox.meetings.meeting_limits import list_spans
from outbox.meetings.meetings import set_status
from outbox.meetings.notices import tell
from outbox.meetings.occurrences import show_next

AT_ONCE = 50

MARGIN = timedelta(days=60)
"""Of what comes again more times are written out once fewer are known than up to here before AHEAD."""


async def remind_due(instance: Instance, *, at: datetime | None = None) -> int:
    """The day before, each once, in her language: who comes tomorrow. A chore; how many."""
    total = 0
    while True:
        async with transaction(instance.pool) as conn:
            found = await due.claim_reminders(conn, at=at or datetime.now(UTC), limit=AT_ONCE)
            for registration in found:
                occurrence = await occurrences.find(conn, registration.occurrence_id)
                full = await meetings.find_full(conn, occurrence.meeting_id) if occurrence is not None else None
                if full is not None:
                    await tell(conn, instance.site, full, registration, "reminder")
        total += len(found)
        if len(found) < AT_ONCE:
            return total


async def go_on(instance: Instance, *, at: datetime | None = None) -> int:
    """What comes again tells of its next time, and of times further ahead; what is over ends. A chore; how many."""
    now = at or datetime.now(UTC)
    async with transaction(instance.pool) as conn:
        further = await due.list_to_extend(conn, until=now + AHEAD - MARGIN, limit=AT_ONCE)
        for id in further:
            await _extend(conn, id, now)
    async with transaction(instance.pool) as conn:
        over = await meetings.list_over(conn, now, AT_ONCE)
        for id in over:
            await _end(conn, instance.site, id)
    async with transaction(instance.pool) as conn:
        passed = await meetings.list_passed(conn, now, AT_ONCE)
        for id in passed:
            await _show_next(conn, instance.site, id)
    return len(over) + len(passed)


async def _extend(conn: Connection, meeting_id: int, at: datetime) -> None:
    full = await meetings.find_full(conn, meeting_id)
    assert full is not None
    await meetings.lock(conn, meeting_id)
    spans = list_spans(full.meeting, since=at)
    if spans:
        await occurrences.sync(conn, meeting_id, spans, since=max(at, spans[0].recurs_at))


async def _end(conn: Connection, site: Site, meeting_id: int) -> None:
    full = await meetings.find_full(conn, meeting_id)
    assert full is not None
    await set_status(conn, site, await actors.get(conn, full.listing.post.author_id), full, "fulfilled")


async def _show_next(conn: Connection, site: Site, meeting_id: int) -> None:
    full = await meetings.find_full(conn, meeting_id)
    assert full is not None
    await show_next(conn, site, await actors.get(conn, full.listing.post.author_id), full)
