"""A bike and its book between two servers: offered, taken, sent once both said yes, and erased once it is there."""

from datetime import UTC, datetime

from federation.documents.parse import MAX_BYTES
from federation.documents.serialize import serialize
from models.errors import Conflict
from models.people import actors
from models.people.actors import Actor
from models.repairs.bikes import bikes, entries, handovers, offers
from models.repairs.bikes.bikes import Bike
from models.repairs.bikes.handovers import Handover
from models.repairs.bikes.offers import BikeOffer
from models.settings import Site
from models.store.database import Connection
from models.traffic.outbound import activities
from outbox.builders.activities.accept import build_accept_of_bike
from outbox.builders.activities.create import build_create_of_bike
from outbox.builders.activities.offer import build_offer_of_bike
from outbox.builders.objects.agreement import speaks
from outbox.builders.objects.bike_book import build_short_book, build_whole_book
from outbox.traffic.send import Recipients, send

HEAVIEST = MAX_BYTES - 64 * 1024
"""Bytes of an activity that every server of ours takes, less what a proof or a passing on adds."""


async def offer_to(conn: Connection, site: Site, handover_id: int, taker: Actor) -> None:
    """Somebody of another server gave her address behind the code: she is asked there.

    How far the handover is is read here: while her server was asked who she is, it may have gone on.

    Raises Conflict where her server does not know of such things, too many were asked, or the bike went meanwhile.
    """
    handover = await handovers.hold_open(conn, handover_id)
    if handover is None or handover.taker_id is not None:
        raise Conflict("bike_taken")
    if not speaks(taker) or taker.type != "Person":
        raise Conflict("bike_taker_unfit", field="address")
    bike = await bikes.find(conn, handover.bike_id)
    if bike is None:
        raise Conflict("bike_taken")
    giver = await actors.get(conn, handover.giver_id)
    book = build_short_book(bike, handover, await entries.count(conn, bike.id))
    offer = build_offer_of_bike(site, giver, book, taker.uri)
    if not await handovers.add_offer(conn, handover.id, taker.id, offer.id):
        raise Conflict("bike_asked_often", field="address")
    await send(conn, giver, offer, Recipients(named_ids=(taker.id,)))


async def accept_offer(conn: Connection, site: Site, taker: Actor, offer: BikeOffer) -> None:
    """One of ours says yes to a bike of another server. Raises Conflict where it is too late or she has no room."""
    await bikes.require_room(conn, taker.id)
    if not await offers.mark_accepted(conn, offer.id):
        raise Conflict("bike_taken")
    giver = await actors.get(conn, offer.giver_id)
    answer = build_accept_of_bike(site, taker, offer.offer_uri, giver.uri)
    await send(conn, taker, answer, Recipients(named_ids=(giver.id,)))


async def send_book(conn: Connection, site: Site, giver: Actor, bike: Bike, handover: Handover) -> None:
    """Both said yes: the whole goes to that one person.

    Raises Conflict for a book that is too long to travel, and where her server may not know of her yes any more.
    """
    handovers.require_here(bike)
    if handover.expires_at + offers.KEPT < datetime.now(UTC):
        raise Conflict("bike_yes_too_old")
    offer = await handovers.find_offer(conn, handover)
    if offer is None or handover.taker_id is None:
        raise Conflict("bike_taker_gone")
    taker = await actors.get(conn, handover.taker_id)
    if taker.deleted_at is not None or taker.suspended_at is not None:
        raise Conflict("bike_taker_gone")
    lines = await entries.list_of_bike(conn, bike.id)
    book = build_whole_book(bike, lines, offer=offer, giver=giver.display_name if handover.named else "")
    activity = build_create_of_bike(site, giver, book, taker.uri)
    if len(serialize(activity)) > HEAVIEST:
        raise Conflict("bike_book_too_heavy")
    await send(conn, giver, activity, Recipients(named_ids=(taker.id,)))
    await handovers.mark_sent(conn, handover, activity.id)


async def confirm_arrival(conn: Connection, site: Site, taker: Actor, giver: Actor, sent_uri: str) -> None:
    """It is here: its server may forget it."""
    await send(conn, taker, build_accept_of_bike(site, taker, sent_uri, giver.uri), Recipients(named_ids=(giver.id,)))


async def take_back(conn: Connection, bike_id: int) -> bool:
    """It never arrived, and its owner keeps it: what still waits does not leave. False where it is too early for that.

    The bike is held by the caller.
    """
    sent_uri = await handovers.take_back(conn, bike_id)
    if sent_uri is None:
        return False
    await activities.withdraw(conn, sent_uri)
    return True


async def finish(conn: Connection, handover: Handover) -> None:
    """The other server has it: here a line is left, and of what was sent no word."""
    await handovers.finish(conn, handover)
    if handover.sent_uri is not None:
        await activities.forget_words(conn, handover.sent_uri)
