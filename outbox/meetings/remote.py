"""What the organiser elsewhere says of those of ours who asked for seats: believed from the meeting's own server."""

from collections.abc import Sequence
from datetime import UTC, datetime

from federation.uris import same_origin
from models import posts
from models.meetings import meetings, occurrences, registrations, seats
from models.meetings.meetings import FullMeeting
from models.meetings.occurrences import Occurrence
from models.meetings.registrations import Registration
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.meetings.meetings import tell_registered
from outbox.meetings.notices import tell


async def find_asked(conn: Connection, sender: Actor, join_uri: str) -> tuple[Registration, FullMeeting] | None:
    """The registration that this Join of ours made, locked, where the sender may answer it; None for everybody else.

    An answer is the organiser's, or that of somebody of the same server: Mobilizon's moderators answer for groups.
    """
    held = await registrations.find_by_uri(conn, join_uri)
    if held is None or held.actor_id is None or not (await actors.get(conn, held.actor_id)).local:
        return None
    occurrence = await occurrences.find(conn, held.occurrence_id)
    full = await meetings.find_full(conn, occurrence.meeting_id) if occurrence is not None else None
    if full is None or full.listing.post.local or not same_origin(sender.uri, full.listing.uri):
        return None
    await seats.lock(conn, held.occurrence_id)
    now = await registrations.find_by_uri(conn, join_uri)  # she may have left, or asked otherwise, a moment ago
    return (now, full) if now is not None else None


async def process_accept(
    conn: Connection, site: Site, held: Registration, full: FullMeeting, people: int | None
) -> None:
    """She has a seat there; for fewer people than she asked for, where the answer says so."""
    if held.state in ("asked", "waiting", "refused"):
        await tell(conn, site, full, await registrations.set_state(conn, held.id, "seat", people=people), "seat")


async def process_tentative(
    conn: Connection, site: Site, held: Registration, full: FullMeeting, place: int | None
) -> None:
    """She waits there, at this place."""
    if held.state == "asked":
        changed = await registrations.set_state(conn, held.id, "waiting", line=place or 1)
        await tell(conn, site, full, changed, "waiting")


async def process_reject(conn: Connection, site: Site, held: Registration, full: FullMeeting) -> None:
    """She has no seat there, or no longer."""
    if held.takes_part:
        await tell(conn, site, full, await registrations.set_state(conn, held.id, "refused"), "refused")


async def tell_of_changes(
    conn: Connection, site: Site, before: FullMeeting, times: Sequence[Occurrence], *, at: datetime
) -> None:
    """Those of ours who registered for a meeting elsewhere are told what changed since it was so, at these `times`."""
    full = await meetings.find_full(conn, before.id)
    if full is None:
        return
    now = [one for one in await occurrences.list_of_meeting(conn, before.id) if (one.ends_at or one.begins_at) > at]
    off, moved = _list_changes(times, now, elsewhere=_place_of(before) != _place_of(full))
    await tell_registered(conn, site, full, off, "cancelled")
    await tell_registered(conn, site, full, moved, "moved")


def _list_changes(
    times: Sequence[Occurrence], now: Sequence[Occurrence], *, elsewhere: bool
) -> tuple[list[int], list[int]]:
    """Which of these times were called off since, and which are at another moment, or all of them elsewhere."""
    pairs = _pair(times, now)
    off = [one.id for before, one in pairs if one.cancelled and not before.cancelled]
    return off, [one.id for before, one in pairs if _is_moved(before, one, elsewhere=elsewhere)]


def _pair(times: Sequence[Occurrence], now: Sequence[Occurrence]) -> list[tuple[Occurrence, Occurrence]]:
    was = {one.id: one for one in times}
    return [(was[one.id], one) for one in now if one.id in was]


def _is_moved(was: Occurrence, now: Occurrence, *, elsewhere: bool) -> bool:
    return not now.cancelled and (elsewhere or _differs(was, now))


def _place_of(full: FullMeeting) -> tuple[object, ...]:
    return (full.meeting.venue, full.meeting.street, full.listing.details.place_name)


def _differs(was: Occurrence, now: Occurrence) -> bool:
    return (was.begins_at, was.ends_at, was.venue) != (now.begins_at, now.ends_at, now.venue)


async def tell_of_end(conn: Connection, site: Site, post_id: int) -> None:
    """The meeting elsewhere is withdrawn: those of ours who registered for a time to come are told."""
    full = await meetings.find_full(conn, post_id)
    found = await posts.list_by_ids(conn, [post_id])
    if full is None or not found or found[0].local:
        return
    off = await occurrences.cancel_all(conn, post_id, since=datetime.now(UTC))
    await tell_registered(conn, site, full, off, "cancelled")
