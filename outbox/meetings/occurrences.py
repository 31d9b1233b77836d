"""One time alone of a meeting that comes again: moved, with other seats, or called off."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from models.errors import Conflict, Invalid, NotFound
from models.meetings import meetings, occurrences, registrations, seats
from models.meetings.meetings import FullMeeting
from models.meetings.occurrences import Occurrence
from models.people.actors import Actor
from models.posts import renew
from models.settings import Site
from models.store.database import Connection
from models.texts import NOT_TYPED
from outbox.meetings.meeting_limits import CAPACITY_LIMIT, FURTHEST, LONGEST, PLACE_LIMIT
from outbox.meetings.meetings import tell_registered
from outbox.meetings.registrations import offer_freed_seats
from outbox.meetings.saving import alter, save, send_update
from outbox.screening import PostTexts, keep_verdict, screen
from outbox.traffic.audience import next_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeDraft:
    """How one time is to be; `venue` and `capacity` only where they are others than the meeting's."""

    begins_at: datetime
    ends_at: datetime | None = None
    venue: str = ""
    capacity: int | None = None


async def change_time(
    conn: Connection, site: Site, organiser: Actor, occurrence_id: int, draft: TimeDraft, *, by: Actor | None = None
) -> Occurrence:
    """This time alone is otherwise; whoever registered for it is told. Raises NotFound, Invalid and Conflict.

    A hall that a member names for a community (`by`) and that the team would read first is refused: the whole meeting
    waits for that, one time does not.
    """
    full, held = await _get_own(conn, organiser, occurrence_id)
    venue = " ".join(NOT_TYPED.sub("", draft.venue).split())
    _require_time(draft, venue)
    if by is not None and venue != held.venue:
        await _look_at(conn, by, full, venue)
    taken = (await registrations.count(conn, [held.id]))[held.id].taken
    capacity = draft.capacity or full.meeting.capacity
    if capacity is not None and taken > capacity:
        raise Invalid("meeting_seats_taken", field="capacity", taken=taken)
    changed = replace(
        held, begins_at=draft.begins_at, ends_at=draft.ends_at, venue=venue, capacity=draft.capacity, own=True
    )
    await _save(conn, site, organiser, full, changed)
    if (held.begins_at, held.ends_at, held.venue) != (changed.begins_at, changed.ends_at, changed.venue):
        await tell_registered(conn, site, full, [held.id], "moved")
    locked = await seats.lock(conn, held.id)
    if locked is not None:
        await offer_freed_seats(conn, site, full, locked)
    return changed


def _require_time(draft: TimeDraft, venue: str) -> None:
    if draft.begins_at <= datetime.now(UTC):
        raise Invalid("meeting_in_the_past", field="begins_at")
    if draft.begins_at > datetime.now(UTC) + FURTHEST:
        raise Invalid("meeting_too_far", field="begins_at")
    if draft.ends_at is not None and draft.ends_at <= draft.begins_at:
        raise Invalid("meeting_ends_before", field="ends_at")
    if draft.ends_at is not None and draft.ends_at - draft.begins_at > LONGEST:
        raise Invalid("meeting_too_long", field="ends_at", most=LONGEST.days)
    if len(venue) > PLACE_LIMIT:
        raise Invalid("meeting_place_too_long", field="venue", most=PLACE_LIMIT)
    if draft.capacity is not None and not 1 <= draft.capacity <= CAPACITY_LIMIT:
        raise Invalid("meeting_capacity_invalid", field="capacity", most=CAPACITY_LIMIT)


async def _look_at(conn: Connection, by: Actor, full: FullMeeting, venue: str) -> None:
    verdict = await screen(conn, by, PostTexts(texts=(venue,)), full.id)
    if verdict.holds:
        raise Invalid("meeting_place_looked_at", field="venue")
    await keep_verdict(conn, by, full.id, verdict)


async def cancel_time(conn: Connection, site: Site, organiser: Actor, occurrence_id: int) -> Occurrence:
    """This time does not take place, the others do; whoever registered for it is told. Raises NotFound and Conflict."""
    full, held = await _get_own(conn, organiser, occurrence_id)
    changed = replace(held, cancelled=True, own=True)
    await _save(conn, site, organiser, full, changed)
    await tell_registered(conn, site, full, [held.id], "cancelled")
    return changed


async def _get_own(conn: Connection, organiser: Actor, occurrence_id: int) -> tuple[FullMeeting, Occurrence]:
    """One time to come of a meeting of hers, locked. Raises NotFound and Conflict."""
    found = await occurrences.find(conn, occurrence_id)
    if found is None:
        raise NotFound("meeting_time_unknown")
    await meetings.get_own(conn, found.meeting_id, organiser.id)
    await meetings.lock(conn, found.meeting_id)  # before the time, as whoever changes the whole meeting
    await seats.lock(conn, occurrence_id)
    held = await occurrences.find(conn, occurrence_id)
    if held is None:
        raise NotFound("meeting_time_unknown")
    full = await meetings.get_own(conn, held.meeting_id, organiser.id)
    if held.cancelled:
        raise Conflict("meeting_cancelled")
    if (held.ends_at or held.begins_at) <= datetime.now(UTC):
        raise Conflict("meeting_over")
    return full, held


async def _save(conn: Connection, site: Site, organiser: Actor, full: FullMeeting, changed: Occurrence) -> None:
    await occurrences.change(conn, changed)
    await show_next(conn, site, organiser, full)


async def show_next(conn: Connection, site: Site, organiser: Actor, full: FullMeeting) -> None:
    """The listing tells of the time that comes next, and whoever holds it gets the times as they are now."""
    found = await occurrences.find_meant(conn, full.id, None, at=datetime.now(UTC))
    details = full.listing.details
    if found is not None:
        details = replace(details, begins_at=found.begins_at, ends_at=found.ends_at)
    changed = await save(
        conn,
        site,
        organiser,
        alter(full, details, full.meeting),
        renew(full.listing.post, next_moment(full.listing.post)),
    )
    await send_update(conn, site, organiser, changed)
