"""Calendars of listings elsewhere, asked for when somebody looks at one: on which days they are not to be had."""

from datetime import UTC, datetime

import structlog

from federation.documents.calendars import fetch_calendar
from federation.documents.collection_lines import FetchedLines
from federation.errors import FetchFailed
from federation.instance import Instance
from federation.own_keys.key_pairs import load_signer
from federation.vocabulary.collections import Unavailability
from inbox.private_fetches import REFUSALS
from models.listings import listings, unavailabilities
from models.listings.listings import Listing
from models.listings.unavailabilities import AHEAD, MOST_RANGES, Range
from models.people import actors
from models.posts import PUBLIC
from models.relations import follows
from models.store.background import jobs
from models.store.database import Connection, connection, transaction

JOB = "calendar"

log = structlog.get_logger(__name__)


async def ask(conn: Connection, listing: Listing) -> bool:
    """Have the calendar of a listing elsewhere asked for soon, unless that was done lately."""
    if listing.details.calendar_uri is None:  # and none of ours has one
        return False
    if not await unavailabilities.claim_copy(conn, listing.id):
        return False
    await jobs.enqueue(conn, JOB, {"listing": listing.id}, key=f"{JOB}:{listing.id}")
    return True


async def refresh(instance: Instance, listing_id: int) -> None:
    """Ask now. What does not answer changes nothing: the copy says how old it is."""
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_post(conn, listing_id)
        etag = await unavailabilities.find_etag(conn, listing_id)
    if listing is None or listing.post.deleted_at is not None or listing.details.calendar_uri is None:
        return
    try:
        told = await _fetch(instance, listing, listing.details.calendar_uri, etag)
    except FetchFailed as failed:
        log.info("calendar_not_read", listing=listing.uri, cause=str(failed))
        return
    async with transaction(instance.pool) as conn:
        if await listings.find_by_post(conn, listing_id) is None:
            return
        if told is None:
            await unavailabilities.confirm_copy(conn, listing_id)
        else:
            await unavailabilities.save_copy(conn, listing_id, _limit(told, datetime.now(UTC)), told.etag)


async def _fetch(instance: Instance, listing: Listing, uri: str, etag: str) -> FetchedLines[Unavailability] | None:
    """As our server's own actor may read it, or for what is not public as somebody here who may."""
    try:
        return await fetch_calendar(instance, uri, etag=etag)
    except FetchFailed as failed:
        if failed.cause not in REFUSALS or listing.post.audience in PUBLIC:
            raise
        async with connection(instance.pool) as conn:
            author = await actors.get(conn, listing.post.author_id)
            addressees = [*listing.post.to_uris, *listing.post.cc_uris]
            reader_id = await follows.find_local_reader(conn, author.uri, addressees)
        if reader_id is None:
            raise
    return await fetch_calendar(instance, uri, signer=await load_signer(instance, reader_id), etag=etag)


def _limit(told: FetchedLines[Unavailability], at: datetime) -> list[Range]:
    """What is not over and not farther than a calendar reaches, by time, overlaps put together."""
    found: list[Range] = []
    for one in sorted(told.lines, key=lambda told: told.start):
        if one.end <= at or one.start > at + AHEAD:
            continue
        end = min(one.end, at + AHEAD)
        if found and one.start <= found[-1].ends_at:
            found[-1] = Range(begins_at=found[-1].begins_at, ends_at=max(end, found[-1].ends_at))
        else:
            found.append(Range(begins_at=one.start, ends_at=end))
    return found[:MOST_RANGES]


async def refresh_job(instance: Instance, payload: dict[str, int]) -> None:
    """The same as a job. May run twice."""
    await refresh(instance, payload["listing"])
