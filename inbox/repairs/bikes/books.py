"""A bike is offered to one of ours, taken from one of ours, and comes with its whole book."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

from federation.vocabulary.activities.activities import Accept, Create, Offer
from federation.vocabulary.bike_books import BikeBook, BookEntry
from inbox.errors import Ignored
from inbox.repairs.bikes.told_files import AwaitedPlace, await_files, start_fetching
from models.errors import Conflict
from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.repairs.bikes import bikes, entries, handovers, offers, sent_files
from models.repairs.bikes.bikes import FRAME_NUMBER_LIMIT, MOST_KILOMETRES, NAME_LIMIT, WORD_LIMIT, BikeDetails
from models.repairs.bikes.entries import MOST_ENTRIES, REPAIRER_LIMIT, TEXT_LIMIT, TITLE_LIMIT, EntryDetails
from models.repairs.bikes.files import MOST_INVOICES, MOST_PHOTOS
from models.repairs.bikes.offers import BikeOffer, NewOffer
from models.repairs.results.results import MOST_MINUTES, MOST_PARTS, PART_LIMIT, Outcome
from models.repairs.shops.shop_types import BIKE_TYPES
from models.settings import Site
from models.store.database import Connection
from outbox.repairs.bikes import handing_over, travelling

ORGANS = ("flat-tyre", "brakes", "chain", "gears", "wheel", "electric", "lights", "diagnosis", "other")
OUTCOMES = ("fixed", "repairable", "end-of-life", "unknown")

YEARS = range(1900, 2201)


async def process_offer(conn: Connection, sender: Actor, activity: Offer, book: BikeBook) -> None:
    """It waits on the page of her bikes, for two days at most: she gave her address there herself."""
    taker = await _find_taker(conn, activity.to)
    if await blocks.between(conn, taker.id, sender.id):
        raise Ignored("blocked")
    latest = datetime.now(UTC) + handovers.VALID
    until = min(book.answer_until or latest, latest)
    offer = NewOffer(
        offer_uri=activity.id,
        giver_id=sender.id,
        taker_id=taker.id,
        name=book.name[:NAME_LIMIT],
        bike_type=_known(book.bike_type, BIKE_TYPES) or "other",
        lines=min(book.lines, MOST_ENTRIES),
        expires_at=until,
    )
    if until <= datetime.now(UTC) or not await offers.add(conn, offer):
        raise Ignored("book_not_awaited")


async def process_accept(conn: Connection, site: Site, sender: Actor, activity: Accept) -> bool:
    """Whether it is a yes to a bike of one of ours, or says that one or a file came: of whom it went to alone."""
    uri = activity.object if isinstance(activity.object, str) else activity.object.id
    if await sent_files.settle(conn, uri, sender.id):
        return True
    sent = await handovers.find_sent(conn, uri, sender.id)
    if sent is not None:
        await travelling.finish(conn, sent)
        return True
    handover = await handovers.find_offered(conn, uri, sender.id)
    if handover is None:
        return False
    try:
        await handing_over.take(conn, site, sender, handover)
    except Conflict as refusal:
        raise Ignored("book_not_awaited") from refusal
    return True


async def process_book(conn: Connection, site: Site, sender: Actor, activity: Create, book: BikeBook) -> None:
    """The whole, of whoever offered it to one of ours who said yes: once. What comes again is only confirmed again.

    Raises Ignored for everything else, and where she has no room any more: its server keeps it then.
    """
    offer = await offers.find_by_uri(conn, book.offer or "", sender.id)
    if offer is None or offer.accepted_at is None or activity.passed_on_by is not None:
        raise Ignored("book_not_awaited")
    taker = await _find_taker(conn, activity.to)
    if taker.id != offer.taker_id:
        raise Ignored("book_not_awaited")
    if offer.arrived_at is None:
        await _keep(conn, site, taker, sender, offer, book)
    await travelling.confirm_arrival(conn, site, taker, sender, activity.id)


async def _keep(conn: Connection, site: Site, taker: Actor, sender: Actor, offer: BikeOffer, book: BikeBook) -> None:
    """The bike is hers from now on, its files are to come. Raises Ignored where she has no room."""
    try:
        bike_id = await bikes.add(conn, taker.id, read_details(book))
    except Conflict as refusal:
        raise Ignored("book_without_room") from refusal
    today = datetime.now(UTC).astimezone(PARIS).date()
    await bikes.mark_come(conn, bike_id, on=today, giver=book.giver[:NAME_LIMIT])
    told = partial(AwaitedPlace, sender=sender, receiver=taker, bike_id=bike_id)
    await await_files(conn, told(), book.files, photos=1, invoices=0)
    for line in reversed(list_possible(book.entries)):
        entry_id = await entries.add(conn, bike_id, _read_entry(line))
        await await_files(conn, told(entry_id=entry_id), line.files, photos=MOST_PHOTOS, invoices=MOST_INVOICES)
    await start_fetching(conn, taker)
    await offers.mark_arrived(conn, offer.id)
    await handing_over.tell_arrival(conn, site, taker, bike_id, book.name[:NAME_LIMIT])


async def _find_taker(conn: Connection, to: Sequence[str]) -> Actor:
    """The one member whom it is for. Raises Ignored for nobody of ours, for several, and for who takes no part."""
    found = [one for one in await actors.list_by_uris(conn, list(to)) if one.local and one.type == "Person"]
    if len(found) != 1 or len(to) != 1 or found[0].suspended_at is not None or found[0].deleted_at is not None:
        raise Ignored("book_not_awaited")
    return found[0]


def read_details(book: BikeBook) -> BikeDetails:
    """What is said of the bike, as far as it is kept."""
    return BikeDetails(
        name=book.name[:NAME_LIMIT],
        bike_type=_known(book.bike_type, BIKE_TYPES) or "other",
        brand=book.brand[:WORD_LIMIT],
        model=book.model[:WORD_LIMIT],
        made_in=book.made_in if book.made_in and 1880 <= book.made_in <= 2200 else None,
        wheel_size=book.wheel_size[:WORD_LIMIT],
        frame_number=bikes.tidy_frame_number(book.frame_number)[:FRAME_NUMBER_LIMIT],
    )


def list_possible(lines: Sequence[BookEntry]) -> list[BookEntry]:
    """Those that can be: nothing of days to come."""
    last = datetime.now(UTC).date() + timedelta(days=1)
    return [one for one in lines if one.done_on.year in YEARS and one.done_on <= last][:MOST_ENTRIES]


def _read_entry(one: BookEntry) -> EntryDetails:
    """Cut where it is too long, without codes that are not known."""
    return EntryDetails(
        done_on=one.done_on,
        title=one.title[:TITLE_LIMIT],
        text=one.text[:TEXT_LIMIT],
        organ=_known(one.organ, ORGANS),
        outcome=cast("Outcome | None", _known(one.outcome, OUTCOMES)),
        minutes=one.minutes if one.minutes is not None and one.minutes <= MOST_MINUTES else None,
        parts=tuple(part[:PART_LIMIT] for part in one.parts[:MOST_PARTS]),
        repairer=one.repairer[:REPAIRER_LIMIT],
        kilometres=one.kilometres if one.kilometres is not None and one.kilometres <= MOST_KILOMETRES else None,
    )


def _known(code: str | None, codes: Sequence[Any]) -> str | None:
    return code if code in codes else None
