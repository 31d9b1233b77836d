"""Ask for seats and leave them, here and elsewhere; a seat that is left goes to the first in line, who is told."""

from datetime import UTC, datetime

from models import posts
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.meetings import meetings, occurrences, registrations, seats
from models.meetings.meetings import FullMeeting
from models.meetings.occurrences import Occurrence
from models.meetings.registrations import NewRegistration, Registration, Wish
from models.meetings.seats import LockedOccurrence
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from models.texts import NOT_TYPED
from outbox.builders.activities.join import build_join, build_leave
from outbox.builders.objects.agreement import speaks
from outbox.meetings.notices import tell
from outbox.presence import require_active, require_at_home
from outbox.traffic.send import Recipients, send

PEOPLE_LIMIT = 10
"""So many may come by one registration."""

MESSAGE_LIMIT = 500


async def register(conn: Connection, site: Site, actor: Actor, meeting_id: int, wish: Wish) -> Registration:
    """She wants to come: a seat, a place in the line, or the question to whoever organises elsewhere.

    Again with another wish changes hers; the same again changes nothing. Raises NotFound, Invalid, Forbidden and
    Conflict. One of ours is answered by what is returned, somebody elsewhere by whoever calls this.
    """
    full = await get_open(conn, actor, meeting_id)
    wish = require_wish(wish)
    occurrence = await get_occurrence(conn, full, wish.recurs_at)
    if full.listing.post.local:
        taken = await take_seat(conn, full, occurrence, _make_new(occurrence, actor, wish))
        return await _pass_on_freed(conn, site, full, taken)
    return await _ask_elsewhere(conn, site, actor, full, occurrence, wish)


async def _pass_on_freed(conn: Connection, site: Site, full: FullMeeting, taken: Registration) -> Registration:
    """Who comes with fewer people than before leaves seats to the first in line, which may be she herself."""
    locked = await seats.lock(conn, taken.occurrence_id)
    if locked is not None and await offer_freed_seats(conn, site, full, locked):
        return await registrations.find(conn, taken.id) or taken
    return taken


async def get_open(conn: Connection, actor: Actor | None, meeting_id: int) -> FullMeeting:
    """A meeting that this person (None: a guest) may see and register for. Raises NotFound, Forbidden and Conflict."""
    full = await meetings.find_full(conn, meeting_id)
    if full is None or not await posts.filter_visible(conn, [meeting_id], actor.id if actor else None):
        raise NotFound("meeting_not_found")
    if actor is not None:
        await _require_welcome(conn, full, actor)
    match full.meeting.registration:
        case "none":
            raise Conflict("meeting_without_registration")
        case "external":
            raise Conflict("meeting_registers_elsewhere", url=full.meeting.external_url or full.listing.post.url)
        case "members" if not _is_member(actor):
            raise Forbidden("meeting_for_members")
        case _:
            return full


async def _require_welcome(conn: Connection, full: FullMeeting, actor: Actor) -> None:
    if actor.local:
        require_at_home(actor)
    if await blocks.between(conn, full.listing.post.author_id, actor.id):
        raise Forbidden("meeting_not_accepted")


def _is_member(actor: Actor | None) -> bool:
    """Of this cooperative, or of another one."""
    return actor is not None and (actor.local or speaks(actor))


def require_wish(wish: Wish) -> Wish:
    """The wish, tidied. Raises Invalid."""
    message = NOT_TYPED.sub("", wish.message).replace("\r\n", "\n").strip()
    if not 1 <= wish.people <= PEOPLE_LIMIT:
        raise Invalid("meeting_too_many_people", field="people", most=PEOPLE_LIMIT)
    if len(message) > MESSAGE_LIMIT:
        raise Invalid("message_too_long", field="message", most=MESSAGE_LIMIT)
    return Wish(people=wish.people, message=message, recurs_at=wish.recurs_at, uri=wish.uri)


async def get_occurrence(conn: Connection, full: FullMeeting, recurs_at: datetime | None) -> Occurrence:
    """The time that is meant. Raises NotFound for one that there is not."""
    found = await occurrences.find_meant(conn, full.id, recurs_at, at=datetime.now(UTC))
    if found is None:
        raise NotFound("meeting_time_unknown")
    return found


def _make_new(occurrence: Occurrence, actor: Actor, wish: Wish) -> NewRegistration:
    return NewRegistration(
        occurrence_id=occurrence.id,
        actor_id=actor.id,
        uri=wish.uri,
        state="asked",
        people=wish.people,
        message=wish.message,
    )


async def take_seat(conn: Connection, full: FullMeeting, occurrence: Occurrence, new: NewRegistration) -> Registration:
    """Under the lock of this time. Raises Conflict where it is over, called off, or full without a waiting list.

    Whoever has a seat and wants more than there are keeps what she has; that is a Conflict too.
    """
    locked = await seats.lock(conn, occurrence.id)
    if locked is None:
        raise NotFound("meeting_time_unknown")
    require_takes_place(full, locked)
    held = await registrations.find_of(conn, occurrence.id, actor_id=new.actor_id, email=new.email)
    if held is not None and held.state in ("seat", "waiting") and _says_same(held, new):
        return held
    taken = await seats.take(conn, locked, new, held)
    if taken is None:
        if held is not None and held.state == "seat":
            raise Conflict("meeting_no_room_for_more")
        raise Conflict("meeting_full")
    return taken


def require_takes_place(full: FullMeeting, locked: LockedOccurrence) -> None:
    """Raise Conflict for a time that is over, or called off."""
    if locked.cancelled or full.meeting.status == "cancelled" or full.listing.details.status == "cancelled":
        raise Conflict("meeting_cancelled")
    if locked.is_over(datetime.now(UTC)):
        raise Conflict("meeting_over")


def _says_same(held: Registration, new: NewRegistration) -> bool:
    same = (held.people, held.message) == (new.people, new.message)
    return same and (new.uri is None or new.uri == held.uri)


async def _ask_elsewhere(
    conn: Connection, site: Site, actor: Actor, full: FullMeeting, occurrence: Occurrence, wish: Wish
) -> Registration:
    """A Join to whoever organises; she is told of the answer when it comes."""
    if not actor.local:
        raise NotFound("meeting_not_found")
    locked = await seats.lock(conn, occurrence.id)
    if locked is None:
        raise NotFound("meeting_time_unknown")
    require_takes_place(full, locked)
    new = _make_new(occurrence, actor, wish)
    held = await registrations.find_of(conn, occurrence.id, actor_id=actor.id)
    if held is not None and held.takes_part and _says_same(held, new):
        return held
    organiser = await actors.get(conn, full.listing.post.author_id)
    named = Wish(people=wish.people, message=wish.message, recurs_at=_name(full, occurrence))
    join = build_join(site, actor, full.listing.uri, organiser, named)
    asked = NewRegistration(
        occurrence_id=new.occurrence_id,
        actor_id=actor.id,
        uri=join.id,
        state="asked",
        people=new.people,
        message=new.message,
    )
    saved = await registrations.save(conn, asked, held)
    await send(conn, actor, join, Recipients(named_ids=(organiser.id,)), about=join.id, listed=False)
    return saved


def _name(full: FullMeeting, occurrence: Occurrence) -> datetime | None:
    """How a time is called for others: not at all where there is but one."""
    return occurrence.recurs_at if full.meeting.rrule is not None else None


async def leave(
    conn: Connection, site: Site, actor: Actor, meeting_id: int, *, recurs_at: datetime | None = None
) -> list[Registration]:
    """She comes no more, at the time named or at all of them that are not over; what she gave up.

    Raises NotFound where she takes part in none.
    """
    require_active(actor)
    full = await meetings.find_full(conn, meeting_id)
    if full is None:
        raise NotFound("meeting_not_found")
    left = await _list_own(conn, full, actor, recurs_at)
    if not left:
        raise NotFound("meeting_not_registered")
    for one in left:
        await give_up(conn, site, full, one)
    if not full.listing.post.local and actor.local:
        organiser = await actors.get(conn, full.listing.post.author_id)
        leaving = build_leave(site, actor, full.listing.uri, organiser, recurs_at)
        await send(conn, actor, leaving, Recipients(named_ids=(organiser.id,)), about=leaving.id, listed=False)
    return left


async def _list_own(
    conn: Connection, full: FullMeeting, actor: Actor, recurs_at: datetime | None
) -> list[Registration]:
    coming = await occurrences.list_of_meeting(conn, full.id, since=datetime.now(UTC))
    meant = [one.id for one in coming if recurs_at is None or recurs_at in (one.recurs_at, one.begins_at)]
    found = await registrations.list_of_occurrences(conn, meant)
    return [one for one in found if one.actor_id == actor.id]


async def give_up(conn: Connection, site: Site, full: FullMeeting, registration: Registration) -> None:
    """This registration ends; its seats go to the first in line."""
    locked = await seats.lock(conn, registration.occurrence_id)
    now = await registrations.find(conn, registration.id)
    if locked is None or now is None or not now.takes_part:
        return
    await registrations.set_state(conn, now.id, "cancelled")
    await offer_freed_seats(conn, site, full, locked)


async def leave_inside(conn: Connection, site: Site, actor_id: int, community_id: int) -> None:
    """She is in this community no longer: the seats she had at what stays inside it go to others."""
    for one in await registrations.list_inside(conn, actor_id, community_id):
        occurrence = await occurrences.find(conn, one.occurrence_id)
        full = await meetings.find_full(conn, occurrence.meeting_id) if occurrence is not None else None
        if full is not None:
            await give_up(conn, site, full, one)


async def offer_freed_seats(conn: Connection, site: Site, full: FullMeeting, locked: LockedOccurrence) -> int:
    """Seats that are free go to the first in line, who are told; how many registrations have one now."""
    if not full.listing.post.local or locked.cancelled or locked.is_over(datetime.now(UTC)):
        return 0
    given = await seats.give_freed(conn, locked)
    for one in given:
        await tell(conn, site, full, one, "seat")
    return len(given)
