"""A bike and its book between two servers: offered, taken, sent once both said yes, and erased once it is there."""

from dataclasses import replace
from datetime import UTC, datetime

from federation.documents.parse import MAX_BYTES
from federation.documents.serialize import serialize
from federation.uris import file_uri
from models.errors import Conflict
from models.people import actors
from models.people.actors import Actor
from models.repairs.bikes import awaited_files, bikes, entries, files, handovers, offers, sent_files
from models.repairs.bikes.awaited_files import AwaitedFile
from models.repairs.bikes.bikes import Bike
from models.repairs.bikes.files import MOST_BYTES_KEPT, BikeFile
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

    Raises Conflict where her server does not know of such things, the book is too long to travel, too many were asked,
    or the bike went meanwhile.
    """
    handover = await handovers.hold_open(conn, handover_id)
    if handover is None or handover.taker_id is not None:
        raise Conflict("bike_taken")
    if not speaks(taker) or taker.type != "Person":
        raise Conflict("bike_taker_unfit", field="address")
    bike = await bikes.find(conn, handover.bike_id)
    if bike is None:
        raise Conflict("bike_taken")
    if await is_too_heavy(conn, site, bike):
        raise Conflict("bike_book_too_heavy", field="address")
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
    if await is_too_heavy(conn, site, bike):
        raise Conflict("bike_book_too_heavy")
    lines = await entries.list_of_bike(conn, bike.id)
    sent = await _send_files(conn, site, giver, bike, handover)
    book = build_whole_book(bike, lines, sent, offer=offer, giver=giver.display_name if handover.named else "")
    activity = build_create_of_bike(site, giver, book, taker.uri)
    await send(conn, giver, activity, Recipients(named_ids=(taker.id,)))
    await handovers.mark_sent(conn, handover, activity.id)


async def _send_files(conn: Connection, site: Site, giver: Actor, bike: Bike, handover: Handover) -> list[BikeFile]:
    """Each file of the book has an address of its own for who takes it; invoices where the giver wants them to go.

    What is lost in the store has no digest, and is not told of.
    """
    assert handover.taker_id is not None
    held = [one for one in await files.list_of_bike(conn, bike.id) if one.digest is not None]
    chosen = [one for one in held if one.kind == "photo" or handover.with_invoices]
    for one in chosen:
        await sent_files.send(conn, one.id, file_uri(site, giver.username), handover.taker_id)
    return [one for one in await files.list_of_bike(conn, bike.id) if one.sent_uri is not None]


async def is_too_heavy(conn: Connection, site: Site, bike: Bike) -> bool:
    """Whether this book is too long for an activity that every server of ours takes, whoever it would go to.

    Its pictures and invoices travel apart: only that they are there stands in it.
    """
    giver = await actors.get(conn, bike.owner_id)
    uri = file_uri(site, giver.username)
    held = await files.list_of_bike(conn, bike.id)
    named = [replace(one, sent_uri=uri, file_size=MOST_BYTES_KEPT, digest=bytes(range(32))) for one in held]
    lines = await entries.list_of_bike(conn, bike.id)
    book = build_whole_book(bike, lines, named, offer=uri, giver=giver.display_name)
    return len(serialize(build_create_of_bike(site, giver, book, uri))) > HEAVIEST


async def confirm_awaited(conn: Connection, site: Site, awaited: AwaitedFile) -> None:
    """The same of one that was awaited."""
    sender, receiver = await actors.get(conn, awaited.sender_id), await actors.get(conn, awaited.receiver_id)
    await confirm_file(conn, site, sender, receiver, awaited.uri)


async def stop_picture(conn: Connection, site: Site, bike_id: int) -> None:
    """Its owner put a picture of her own there: the one of the bike itself that has not come is awaited no more."""
    held = [one.id for one in await awaited_files.list_of_bikes(conn, [bike_id]) if one.entry_id is None]
    for one in await awaited_files.stop(conn, held):
        await confirm_awaited(conn, site, one)


async def confirm_file(conn: Connection, site: Site, sender: Actor, receiver: Actor, uri: str) -> None:
    """It is here, or nobody waits for it any more: the copy of its sender may go."""
    answer = build_accept_of_bike(site, receiver, uri, sender.uri)
    await send(conn, receiver, answer, Recipients(named_ids=(sender.id,)))


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
