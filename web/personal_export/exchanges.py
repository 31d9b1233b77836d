"""Her exchanges and private conversations, with all that was written and happened in each, also as JSON."""

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.exchanges.exchanges import Exchange
from models.listings import listings
from models.people import actors
from models.people.actors import Actor
from models.personal_data import personal_export
from models.posts.conversations import Conversation
from models.repairs.bookings import visit_places
from models.store.database import Connection, connection
from web.personal_export.records import (
    PAGE,
    ArchiveOwner,
    ThreadRecord,
    list_own_pages,
    list_pages,
    load_thread_records,
)
from web.personal_export.zip_writer import ZipWriter

BESIDES = ("id", "exchange_id", "listing_id", "owner_id", "partner_id", "proposed_by")
"""Of an agreement, numbers that mean something in this database alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedThread:
    """What it is about (a listing's title and address, both empty for a private conversation), and with whom.

    `addresses` are those at which she awaits a shop, or is awaited, by the agreement.
    """

    exchange_id: int | None
    conversation_id: int | None
    title: str
    listing_uri: str
    others: list[Actor]
    agreements: list[Agreement]
    addresses: dict[int, str] = field(default_factory=dict)


async def list_exchanges(owner: ArchiveOwner) -> AsyncIterator[list[ArchivedThread]]:
    """Her threads about listings, a page at a time."""
    async for rows in list_own_pages(owner, personal_export.list_exchanges):
        async with connection(owner.instance.pool) as conn:
            threads = [await _describe(conn, owner, row) for row in rows]
        yield threads


async def _describe(conn: Connection, owner: ArchiveOwner, row: Exchange) -> ArchivedThread:
    listing = await listings.find_by_post(conn, row.listing_id)
    held = await agreements.list_by_exchange(conn, row.id)
    shown = {one.id: await visit_places.find_shown(conn, one.id, owner.actor.id) for one in held}
    return ArchivedThread(
        exchange_id=row.id,
        conversation_id=None,
        title=listing.details.title if listing else "",
        listing_uri=listing.uri if listing else "",
        others=await actors.list_by_ids(conn, [row.other_of(owner.actor.id)]),
        agreements=held,
        addresses={id: address for id, address in shown.items() if address},
    )


async def list_conversations(owner: ArchiveOwner) -> AsyncIterator[list[ArchivedThread]]:
    """Her private conversations about nothing that is listed."""
    async for rows in list_own_pages(owner, personal_export.list_conversations):
        async with connection(owner.instance.pool) as conn:
            threads = [await _describe_conversation(conn, row) for row in rows]
        yield threads


async def _describe_conversation(conn: Connection, row: Conversation) -> ArchivedThread:
    return ArchivedThread(
        exchange_id=None,
        conversation_id=row.id,
        title="",
        listing_uri="",
        others=await actors.list_by_ids(conn, row.participant_ids),
        agreements=[],
    )


async def list_lines(owner: ArchiveOwner, thread: ArchivedThread) -> AsyncIterator[list[ThreadRecord]]:
    """What was written and happened in it, in its order, a page at a time."""

    async def read(conn: Connection, after: int | None) -> list[Any]:
        if thread.exchange_id is not None:
            return await personal_export.list_lines(conn, thread.exchange_id, after=after, limit=PAGE)
        assert thread.conversation_id is not None
        return await personal_export.list_private_messages(conn, thread.conversation_id, after=after, limit=PAGE)

    async for entries in list_pages(owner, read):
        async with connection(owner.instance.pool) as conn:
            lines = await load_thread_records(conn, entries)
        yield lines


async def write_exchanges(owner: ArchiveOwner, parcel: ZipWriter) -> None:
    """All of them as one JSON of our own."""
    async with parcel.open("exchanges.json") as sheet:
        await sheet.write("[")
        first = True
        for pages in (list_exchanges(owner), list_conversations(owner)):
            async for threads in pages:
                for thread in threads:
                    await sheet.write(("" if first else ",\n") + _begin(thread))
                    first, comma = False, ""
                    async for lines in list_lines(owner, thread):
                        await sheet.write(comma + ",\n".join(_write(line, parcel) for line in lines))
                        comma = ",\n" if lines else comma
                    await sheet.write("]}")
        await sheet.write("]")


def _begin(thread: ArchivedThread) -> str:
    """A thread up to its lines."""
    kept = [
        {name: value for name, value in asdict(one).items() if name not in BESIDES}
        | ({"address": thread.addresses[one.id]} if one.id in thread.addresses else {})
        for one in thread.agreements
    ]
    about = {
        "title": thread.title,
        "listing": thread.listing_uri,
        "with": [one.uri for one in thread.others],
        "agreements": kept,
    }
    return orjson.dumps(about, default=str).decode()[:-1] + ',"lines":['


def _write(line: ThreadRecord, parcel: ZipWriter) -> str:
    if line.message is None:
        event = line.event
        assert event is not None
        who = line.who.uri if line.who else None
        told: dict[str, Any] = {"event": event.kind, "by": who, "at": event.created_at, "details": event.details}
        return orjson.dumps(told).decode()
    post = line.message.post
    written = {
        "message": post.uri,
        "by": line.message.author.uri,
        "at": post.published_at,
        "content": post.content,
        "photos": [taken.place for taken in parcel.take_all(line.message.pictures)],
    }
    return orjson.dumps(written).decode()
