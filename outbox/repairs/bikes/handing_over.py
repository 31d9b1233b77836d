"""A member gives a bike with its book: to whoever opens the code and says yes, once she has said yes too."""

from datetime import UTC, datetime

from models.errors import Conflict, NotFound
from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor
from models.repairs.bikes import bikes, handovers
from models.repairs.bikes.bikes import Bike
from models.repairs.bikes.handovers import Handover
from models.settings import Site
from models.store.database import Connection
from outbox.repairs.bikes import travelling
from outbox.threads.cooperative_messages import write_to_member

SAID_YES = {
    "fr": "{name} prend « {bike} » avec son carnet, si vous dites oui aussi : {page}",
    "en": "{name} takes “{bike}” with its book, if you say yes too: {page}",
}
IS_YOURS = {
    "fr": "« {bike} » est à vous, avec son carnet : {page}",
    "en": "“{bike}” is yours, with its book: {page}",
}


async def take(conn: Connection, site: Site, taker: Actor, handover: Handover) -> None:
    """One of ours, or of another cooperative, says yes; the giver is told and has the last word.

    Raises Conflict where somebody else did before, or it is the taker's own bike.
    """
    if handover.giver_id == taker.id:
        raise Conflict("bike_is_yours")
    if taker.local:
        await handovers.require_taker(conn, taker.id)
        await bikes.require_room(conn, taker.id)
    before = handover.taker_id
    if not await handovers.take(conn, handover.id, taker.id):
        raise Conflict("bike_taken")
    bike = await bikes.find(conn, handover.bike_id)
    if bike is not None and before is None:
        values = {"name": name_of(taker), "bike": bike.name, "page": f"{site.url}/mes-velos/{bike.id}/donner"}
        await _tell(conn, site, await actors.get(conn, handover.giver_id), SAID_YES, values)


async def confirm(conn: Connection, site: Site, giver: Actor, bike: Bike) -> None:
    """The giver says yes too, and the bike goes. It is held by the caller.

    Raises NotFound where nobody said yes, Conflict where who did cannot have it any more.
    """
    handover = await handovers.find_of_bike(conn, bike.id)
    if handover is None or handover.taker_id is None or handover.sent_uri is not None:
        raise NotFound
    taker = await actors.get(conn, handover.taker_id)
    if not taker.local:
        await travelling.send_book(conn, site, giver, bike, handover)
        return
    today = datetime.now(UTC).astimezone(PARIS).date()
    await handovers.give(conn, bike, handover, giver_name=giver.display_name, on=today)
    await tell_arrival(conn, site, taker, bike.id, bike.name)


async def tell_arrival(conn: Connection, site: Site, taker: Actor, bike_id: int, name: str) -> None:
    """It is hers."""
    await _tell(conn, site, taker, IS_YOURS, {"bike": name, "page": f"{site.url}/mes-velos/{bike_id}"})


def name_of(person: Actor) -> str:
    """Her name, and her address where she is elsewhere."""
    return person.display_name if person.local else f"{person.display_name} ({person.username}@{person.host})"


async def _tell(conn: Connection, site: Site, member: Actor, words: dict[str, str], values: dict[str, str]) -> None:
    await write_to_member(conn, site, member, {language: text.format(**values) for language, text in words.items()})
