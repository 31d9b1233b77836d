"""The parts that other servers and programs understand: ActivityStreams JSON, named as Mastodon names them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson

from federation.documents.serialize import to_json
from federation.json.fields import Json
from federation.media.media_uris import media_url, thumbnail_url
from models import posts, timelines
from models.listings.listings import Listing
from models.meetings import meetings
from models.people import actors
from models.personal_data import personal_export
from models.posts.media import media
from models.posts.media.media import Media
from models.posts.quotes import quote_policies
from models.posts.quotes.quote_policies import QuoteParts
from models.store.database import Connection, connection
from models.timelines import Page, PostFilter, TimelineEntry
from outbox.builders.activities.create import build_create
from outbox.builders.objects.event import build_event
from outbox.builders.objects.note import add_poll, build_note
from outbox.builders.objects.proposal import build_proposal
from outbox.builders.objects.quotes import add_quotes
from outbox.people.profiles import describe_actor
from outbox.posts.post_documents import load_attendance
from web.personal_export.records import PAGE, ArchivedPost, ArchiveOwner, list_own_pages, list_pages, load_posts
from web.personal_export.zip_writer import ZipEntry, ZipWriter

CONTEXT = b'{"@context":"https://www.w3.org/ns/activitystreams","id":"%s","type":"OrderedCollection","orderedItems":['


async def write_documents(owner: ArchiveOwner, parcel: ZipWriter) -> None:
    """Herself, what she said, likes and keeps, whom she follows and who follows her."""
    await _write_actor(owner, parcel)
    await _write_collection(parcel, "outbox.json", _list_published(owner, parcel))
    for name, read in (
        ("likes.json", personal_export.list_liked),
        ("bookmarks.json", personal_export.list_kept),
        ("following.json", personal_export.list_followed),
        ("followers.json", personal_export.list_followers),
    ):
        await _write_collection(parcel, name, _list_uris(owner, read))


async def _write_actor(owner: ArchiveOwner, parcel: ZipWriter) -> None:
    async with connection(owner.instance.pool) as conn:
        document = to_json(await describe_actor(conn, owner.instance.site, owner.actor))
        wanted = [id for id in (owner.actor.icon_media_id, owner.actor.image_media_id) if id]
        pictures = await media.list_by_ids(conn, wanted)
    places = _find_places(owner, parcel, pictures.values())
    for name in ("icon", "image"):
        if name in document:
            document[name]["url"] = places.get(document[name]["url"], document[name]["url"])
    beside = {name: f"{name}.json" for name in ("outbox", "following", "followers")}
    await parcel.add("actor.json", orjson.dumps(document | beside, option=orjson.OPT_INDENT_2))


async def _list_published(owner: ArchiveOwner, parcel: ZipWriter) -> AsyncIterator[list[bytes]]:
    """What she published, whoever may read it, as the Create that brings it; what she shared, as it was announced."""

    async def read(conn: Connection, before: int | None) -> list[TimelineEntry]:
        page, me = Page(before=before, limit=PAGE), owner.actor.id
        return await timelines.list_by_author(conn, me, me, PostFilter(), page)

    async for entries in list_pages(owner, read):
        async with connection(owner.instance.pool) as conn:
            items = await _build_items(conn, owner, parcel, entries)
        yield items


async def _build_items(
    conn: Connection, owner: ArchiveOwner, parcel: ZipWriter, entries: list[TimelineEntry]
) -> list[bytes]:
    own = {one.id: one for one in await load_posts(conn, [one.post_id for one in entries if one.shared_by is None])}
    documents = await _build_objects(conn, owner, list(own.values()))
    said = await personal_export.list_activities(conn, owner.actor.id, "Create", [one.post.uri for one in own.values()])
    shared = await _load_shares(conn, owner, entries)
    items: list[bytes] = []
    for entry in entries:
        if entry.shared_by is not None:
            if entry.post_id in shared:
                items.append(shared[entry.post_id])
        elif entry.post_id in own:
            one, document = own[entry.post_id], documents[entry.post_id]
            document["id"] = said.get(one.post.uri, (f"{one.post.uri}/activity",))[0]
            _name_attachments(document["object"], _find_places(owner, parcel, one.pictures))
            items.append(orjson.dumps(document))
    return items


async def _load_shares(conn: Connection, owner: ArchiveOwner, entries: Sequence[TimelineEntry]) -> dict[int, bytes]:
    """What was shared as it was announced, by the post; nothing where that is not known any more."""
    found = await posts.map_by_ids(conn, [one.post_id for one in entries if one.shared_by is not None])
    uris = {id: post.uri for id, post in found.items()}
    told = await personal_export.list_activities(conn, owner.actor.id, "Announce", list(uris.values()))
    return {id: told[uri][1].encode() for id, uri in uris.items() if uri in told}


def _name_attachments(document: Json, places: Mapping[str, str]) -> None:
    """Files by where they are in the zip, and pictures of films too."""
    for attached in document.get("attachment", ()):
        for named in (attached, attached.get("icon", {})):
            named["url"] = places.get(named.get("url"), named.get("url"))


async def _build_objects(conn: Connection, owner: ArchiveOwner, said: list[ArchivedPost]) -> dict[int, Json]:
    site, ids = owner.instance.site, [one.id for one in said]
    tags, named = await posts.list_tags(conn, ids), await posts.list_mentions(conn, ids)
    people = await actors.map_by_ids(conn, [id for found in named.values() for id in found])
    parts = await quote_policies.load_parts(conn, [one.post for one in said])
    built: dict[int, Json] = {}
    for one in said:
        await asyncio.sleep(0)  # one process serves pages too
        if one.listing is not None:
            built[one.id] = await _build_listing(conn, owner, one.listing, one.pictures, parts[one.id])
            continue
        mentioned = [people[id] for id in named[one.id] if id in people]
        note = build_note(site, owner.actor, one.post, media=one.pictures, tags=tags[one.id], mentioned=mentioned)
        note = add_poll(note, one.poll)
        built[one.id] = to_json(build_create(site, owner.actor, add_quotes(owner.actor, note, parts[one.id])))
    return built


async def _build_listing(
    conn: Connection, owner: ArchiveOwner, listing: Listing, pictures: list[Media], parts: QuoteParts
) -> Json:
    """A meeting as the event that others get of it, anything else as a proposal."""
    site, author = owner.instance.site, owner.actor
    full = await meetings.find_full(conn, listing.id) if listing.details.meeting else None
    if full is None:
        proposal = build_proposal(site, author, listing, pictures)
        return to_json(build_create(site, author, add_quotes(author, proposal, parts)))
    event = build_event(site, author, full, await load_attendance(conn, full), pictures)
    return to_json(build_create(site, author, add_quotes(author, event, parts)))


def _find_places(owner: ArchiveOwner, parcel: ZipWriter, pictures: Iterable[Media]) -> dict[str, str]:
    """Where in the zip those pictures are that are named by these addresses."""
    site, places = owner.instance.site, dict[str, str]()
    for taken in parcel.take_all(pictures):
        places[media_url(site, taken.media)] = taken.place
        if taken.poster is not None:
            places[thumbnail_url(site, taken.media) or ""] = taken.poster
    return places


async def _list_uris(owner: ArchiveOwner, read: Callable[..., Awaitable[list[Any]]]) -> AsyncIterator[list[bytes]]:
    async for rows in list_own_pages(owner, read):
        yield [orjson.dumps(row.uri) for row in rows]


async def _write_collection(parcel: ZipWriter, name: str, pages: AsyncIterator[list[bytes]]) -> None:
    """A collection that is counted while it is written, so that nothing has to be held."""
    async with parcel.open(name) as sheet:
        await sheet.write(CONTEXT % name.encode())
        total = await _write_items(sheet, pages)
        await sheet.write(b'],"totalItems":%d}' % total)


async def _write_items(sheet: ZipEntry, pages: AsyncIterator[list[bytes]]) -> int:
    total = 0
    async for items in pages:
        if items:
            await sheet.write((b"," if total else b"") + b",\n".join(items))
        total += len(items)
    return total
