"""People without any account: a seat asked for by mail, taken by the link in it, and left by the same link.

Mails are written by a job (`web/mail/meeting_mails`). What is known of a guest goes two weeks after the meeting.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from models import preferences
from models.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from models.meetings import meetings, occurrences, registrations, seats
from models.meetings.meetings import FullMeeting
from models.meetings.registrations import NewRegistration, Registration, Wish
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection
from models.texts import NOT_TYPED
from outbox.exchanges.guests import LINK, NAME_LIMIT
from outbox.meetings.notices import MAIL, tell
from outbox.meetings.registrations import (
    get_occurrence,
    get_open,
    give_up,
    require_takes_place,
    require_wish,
    take_seat,
)

UNCONFIRMED_LIMIT = 200
"""So many addresses may wait to be confirmed for one time: more is no crowd of people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """What somebody without an account typed: a checked address, a first name, her language."""

    email: str
    name: str
    language: str


async def request_seat(conn: Connection, meeting_id: int, visitor: Visitor, wish: Wish) -> None:
    """Kept until the link that is sent to the address is opened; no seat is taken before.

    Whether the address is known is told to nobody but by that mail. Raises NotFound, Forbidden, Invalid and Conflict.
    """
    full = await get_open(conn, None, meeting_id)
    if not full.listing.post.local or not (await preferences.load(conn)).guests:
        raise Forbidden("meeting_for_members")
    wish, name = require_wish(wish), _require_name(visitor.name)
    occurrence = await get_occurrence(conn, full, wish.recurs_at)
    locked = await seats.lock(conn, occurrence.id)
    if locked is None:
        raise NotFound("meeting_time_unknown")
    require_takes_place(full, locked)
    held = await registrations.find_of(conn, occurrence.id, email=visitor.email)
    if held is not None and held.state in ("seat", "waiting"):
        await _write(conn, await registrations.renew_link(conn, held.id), "link")
        return
    await _require_few(conn, occurrence.id)
    new = NewRegistration(
        occurrence_id=occurrence.id,
        email=held.email if held is not None else visitor.email,
        name=name,
        language=visitor.language,
        state="asked",
        people=wish.people,
        message=wish.message,
    )
    saved = await registrations.save(conn, new, held)
    await _write(conn, await registrations.renew_link(conn, saved.id), "confirm")


def _require_name(typed: str) -> str:
    name = " ".join(NOT_TYPED.sub("", typed).split())
    if not name or len(name) > NAME_LIMIT or LINK.search(name) or "@" in name:
        raise Invalid("guest_name_invalid", most=NAME_LIMIT, field="name")
    return name


async def _require_few(conn: Connection, occurrence_id: int) -> None:
    waiting = await registrations.list_of_occurrences(conn, [occurrence_id], ("asked",))
    if len(waiting) >= UNCONFIRMED_LIMIT:
        raise Conflict("meeting_too_many_waiting")


async def _write(conn: Connection, registration: Registration, news: str) -> None:
    await jobs.enqueue(conn, MAIL, {"id": registration.id, "turn": registration.turn, "news": news})


async def confirm(conn: Connection, site: Site, registration_id: int, turn: int) -> Registration:
    """She opened her link: a seat, or a place in the line, of which a mail with the calendar file tells.

    Again changes nothing. Raises Gone for a link that was replaced, Conflict where it is over, called off or full.
    """
    held, full = await get_by_link(conn, registration_id, turn)
    if held.state != "asked":
        return held
    await get_open(conn, None, full.id)
    occurrence = await occurrences.find(conn, held.occurrence_id)
    if occurrence is None:
        raise NotFound("meeting_time_unknown")
    new = NewRegistration(
        occurrence_id=held.occurrence_id,
        email=held.email,
        name=held.name,
        language=held.language,
        state="asked",
        people=held.people,
        message=held.message,
        confirmed_at=datetime.now(UTC),
    )
    taken = await take_seat(conn, full, occurrence, new)
    await tell(conn, site, full, taken, "seat" if taken.state == "seat" else "waiting")
    return taken


async def get_by_link(conn: Connection, registration_id: int, turn: int) -> tuple[Registration, FullMeeting]:
    """Whose link this is, with the meeting. Raises Gone for one that was replaced, or whose guest is forgotten."""
    held = await registrations.find(conn, registration_id)
    if held is None or held.email is None or held.turn != turn:
        raise Gone("guest_link_expired")
    occurrence = await occurrences.find(conn, held.occurrence_id)
    full = await meetings.find_full(conn, occurrence.meeting_id) if occurrence is not None else None
    if full is None:
        raise NotFound("meeting_not_found")
    return held, full


async def withdraw(conn: Connection, site: Site, registration_id: int, turn: int) -> Registration:
    """She comes no more; her seat goes to the first in line. Again changes nothing. Raises Gone."""
    held, full = await get_by_link(conn, registration_id, turn)
    await give_up(conn, site, full, held)
    return replace(held, state="cancelled", line=None)
