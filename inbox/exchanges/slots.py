"""Slots of shops elsewhere, asked for when somebody looks at one: at which times appointments are to be had."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import structlog

from federation.documents.slots import fetch_slots
from federation.errors import FetchFailed
from federation.instance import Instance
from federation.vocabulary import collections
from models.listings import listings
from models.listings.listings import Listing
from models.repairs.bookings import next_slots, slot_copies
from models.repairs.bookings.slots import Slot
from models.store.background import jobs
from models.store.database import Connection, connection, transaction

JOB = "slots"

AHEAD = timedelta(days=200)
"""What is told of later days is not kept."""

log = structlog.get_logger(__name__)


async def ask(conn: Connection, listing: Listing) -> bool:
    """Have the slots of a shop elsewhere asked for soon, unless that was done lately."""
    if listing.details.slots_uri is None or listing.post.local or not await slot_copies.claim(conn, listing.id):
        return False
    await jobs.enqueue(conn, JOB, {"listing": listing.id}, key=f"{JOB}:{listing.id}")
    return True


async def refresh(instance: Instance, listing_id: int) -> None:
    """Ask now. What does not answer changes nothing: the copy says how old it is."""
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_post(conn, listing_id)
        etag = await slot_copies.find_etag(conn, listing_id)
    if listing is None or listing.post.deleted_at is not None or listing.details.slots_uri is None:
        return
    try:
        told = await fetch_slots(instance, listing.details.slots_uri, etag=etag)
    except FetchFailed as failed:
        log.info("slots_not_read", listing=listing.uri, cause=str(failed))
        return
    async with transaction(instance.pool) as conn:
        if await listings.find_by_post(conn, listing_id) is None:
            return
        if told is None:
            await slot_copies.confirm(conn, listing_id)
        else:
            await slot_copies.save(conn, listing_id, _limit(told.lines, datetime.now(UTC)), told.etag)
        await next_slots.renew_copy(conn, listing_id)


def _limit(told: Iterable[collections.Slot], at: datetime) -> list[Slot]:
    return [Slot(begins_at=one.start, ends_at=one.end, left=one.left) for one in told if at < one.start <= at + AHEAD]


async def refresh_job(instance: Instance, payload: dict[str, int]) -> None:
    """The same as a job. May run twice."""
    await refresh(instance, payload["listing"])
