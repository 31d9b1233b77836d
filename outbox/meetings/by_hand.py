"""Whoever organises writes somebody down herself: who rang or came by, and has neither account nor mail address."""

from models.errors import Invalid, NotFound
from models.meetings import meetings, occurrences, registrations
from models.meetings.meetings import FullMeeting
from models.meetings.occurrences import Occurrence
from models.meetings.registrations import NewRegistration, Registration, Wish
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from models.texts import NOT_TYPED
from outbox.exchanges.guests import NAME_LIMIT
from outbox.meetings.registrations import give_up, require_wish, take_seat
from outbox.presence import require_at_home


async def write_down(conn: Connection, organiser: Actor, occurrence_id: int, name: str, wish: Wish) -> Registration:
    """A seat for her, or a place in the line; nobody but the organiser can tell her what changes.

    Raises NotFound, Invalid, and Conflict where it is over, called off, or full without a waiting list.
    """
    full, occurrence = await _get_own(conn, organiser, occurrence_id)
    wish, name = require_wish(wish), " ".join(NOT_TYPED.sub("", name).split())
    if not name or len(name) > NAME_LIMIT:
        raise Invalid("guest_name_invalid", most=NAME_LIMIT, field="name")
    new = NewRegistration(
        occurrence_id=occurrence.id, name=name, state="asked", people=wish.people, message=wish.message
    )
    return await take_seat(conn, full, occurrence, new)


async def strike_out(conn: Connection, site: Site, organiser: Actor, registration_id: int) -> Registration:
    """She says that she comes no more; her seat goes to the first in line. Only of those who were written down here.

    Raises NotFound for others: they leave by themselves.
    """
    held = await registrations.find(conn, registration_id)
    if held is None or not held.by_hand:
        raise NotFound("meeting_not_registered")
    full, _ = await _get_own(conn, organiser, held.occurrence_id)
    await give_up(conn, site, full, held)
    return held


async def _get_own(conn: Connection, organiser: Actor, occurrence_id: int) -> tuple[FullMeeting, Occurrence]:
    require_at_home(organiser)
    occurrence = await occurrences.find(conn, occurrence_id)
    if occurrence is None:
        raise NotFound("meeting_time_unknown")
    return await meetings.get_own(conn, occurrence.meeting_id, organiser.id), occurrence
