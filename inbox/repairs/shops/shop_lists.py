"""The lists of shops of friend cooperatives: read every few hours, each shop on them fetched and shown as theirs."""

import asyncio

import structlog

from federation.discovery import fetches
from federation.documents.collection_lines import fetch_lines
from federation.documents.documents import fetch_document
from federation.errors import FetchFailed, Unsupported
from federation.instance import Instance
from federation.uris import same_origin
from federation.vocabulary.repair_shops import ListedShop, read_listed_shop
from models.errors import NotFound
from models.repairs.shops import sources
from models.repairs.shops.sources import MOST_LISTED, Source
from models.repairs.shops.sources import ListedShop as Kept
from models.store.database import transaction

AT_ONCE = 4
"""Cooperatives that are asked side by side."""

log = structlog.get_logger(__name__)


async def read_due(instance: Instance) -> int:
    """Read the lists that it is time for; how many."""
    async with transaction(instance.pool) as conn:
        due = await sources.claim_due(conn)
    places = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(_read_in_turn(instance, one, places) for one in due))
    return len(due)


async def _read_in_turn(instance: Instance, source: Source, places: asyncio.Semaphore) -> None:
    async with places:
        try:
            await read_list(instance, source)
        except FetchFailed as failed:
            log.info("shops_not_read", cooperative=source.cooperative_uri, cause=str(failed))
        except Unsupported:
            log.info("shops_not_read", cooperative=source.cooperative_uri, cause="unsupported")


async def read_list(instance: Instance, source: Source) -> None:
    """Ask a friend cooperative which shops it lists, and fetch those that are new, or were not looked at for a day.

    Whom it lists no more, or says no list at all, goes. Raises FetchFailed; then all stays as it is, and grows old.
    """
    coop = fetches.read_actor_document(await fetch_document(instance, source.cooperative_uri))
    uri = coop.repair_shops
    if uri is None or not same_origin(uri, source.cooperative_uri):
        async with transaction(instance.pool) as conn:
            await sources.save_list(conn, source.cooperative_id, None, "", [])
        return
    etag = source.etag if uri == source.uri else ""
    told = await fetch_lines(instance, uri, read_listed_shop, etag=etag)
    if told is None:
        await _look_again(instance, source)
        return
    kept: list[Kept] = []
    lines = [one for one in told.lines if same_origin(one.actor, uri)][:MOST_LISTED]
    for line in lines:
        if (one := await _look_at(instance, line)) is not None:
            kept.append(one)
    async with transaction(instance.pool) as conn:
        # One that could not be read is asked for again: then the tag would say that nothing changed.
        await sources.save_list(conn, source.cooperative_id, uri, told.etag if len(kept) == len(lines) else "", kept)


async def _look_again(instance: Instance, source: Source) -> None:
    """The list is as it was; what those on it say of themselves may be otherwise."""
    async with transaction(instance.pool) as conn:
        await sources.confirm(conn, source.cooperative_id)
        uris = await sources.list_uris(conn, source.cooperative_id)
    for uri in uris:
        await _look_at(instance, ListedShop(actor=uri))


async def _look_at(instance: Instance, line: ListedShop) -> Kept | None:
    """The shop as it is kept; None where it cannot be read, or is none."""
    try:
        actor = await fetches.get_actor(instance, line.actor)
    except (FetchFailed, NotFound, Unsupported):
        return None
    if actor.local or actor.uri != line.actor:
        return None
    return Kept(
        shop_id=actor.id,
        collective_uri=line.collective,
        charter_version=line.charter_version,
        published_at=line.published,
    )
