"""Addresses of our pages where others name something of ours, read as the ids that they stand for.

People copy the address of a page, and some servers name with it what they answer, quote, share, like or report. What
passes here before anybody looks at it, so that nothing below knows of pages.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

from federation.instance import Instance
from federation.uris import actor_uri, listing_url, meeting_url, note_uri, parse_local
from federation.vocabulary.activities.activities import (
    Activity,
    Announce,
    Block,
    Create,
    Flag,
    Follow,
    Like,
    Move,
    QuoteRequest,
    Undo,
    Update,
)
from federation.vocabulary.activities.participation import Join, Leave
from federation.vocabulary.embedded import Postlike, is_postlike, note_of
from federation.vocabulary.objects import Note
from models.listings import listings
from models.settings import Site
from models.store.database import Connection, connection

_NAMING = (Announce, Block, Follow, Join, Leave, Like, Move, Undo)
"""Activities whose `object` may be something of ours."""

Named = TypeVar("Named", bound=Activity)


async def find_id(conn: Connection, site: Site, uri: str) -> str:
    """The id that an address stands for, whatever was typed behind it; all that is no page of ours is left as it is."""
    address, profiles = uri.partition("#")[0].partition("?")[0].rstrip("/"), f"{site.url}/@"
    if address.startswith(profiles):  # as the page is found, however the name is written
        address = address.lower().removesuffix(f"@{site.host}")
    page = parse_local(site, address)
    if page is None:
        return uri
    match page.kind:
        case "profile_page":
            return actor_uri(site, page.username)
        case "note_page":
            return note_uri(site, page.username, page.uuid)
        case "listing_page":
            listing = await listings.find_by_url(conn, listing_url(site, page.uuid))
            return listing.uri if listing is not None else uri
        case "meeting_page":
            listing = await listings.find_by_url(conn, meeting_url(site, page.uuid))
            return listing.uri if listing is not None else uri
        case _:
            return uri


async def name_by_ids(instance: Instance, activity: Named) -> Named:
    """The activity, where it names pages of ours with the ids in their stead."""
    ids = await _find_ids(instance, _list_named(activity))
    return _rename(activity, ids) if ids else activity


async def name_post_by_ids(instance: Instance, object: Postlike) -> Postlike:
    """The same for a post that was fetched."""
    ids = await _find_ids(instance, _list_named_by_post(note_of(object)))
    return _rename_post(object, ids) if ids else object


async def _find_ids(instance: Instance, named: Iterator[str]) -> dict[str, str]:
    """Which of these stand for something else, and for what; most of what comes in names no page of ours."""
    site = instance.site
    begin = tuple(f"{site.url}{path}" for path in ("/@", "/annonces/", "/rencontres/"))
    pages = {uri for uri in named if uri.startswith(begin)}
    if not pages:
        return {}
    async with connection(instance.pool) as conn:
        found = {uri: await find_id(conn, site, uri) for uri in pages}
    return {uri: id for uri, id in found.items() if id != uri}


def _list_named(value: Activity | str | Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Flag(objects=objects):
            yield from objects
        case Create(object=object) | Update(object=object) if is_postlike(object):
            yield from _list_named_by_post(note_of(object))
        case Move(object=object, target=target):
            yield from (object, target)
        case QuoteRequest(object=object, instrument=instrument):
            yield object
            if is_postlike(instrument):
                yield from _list_named_by_post(note_of(instrument))
        case _ if isinstance(value, _NAMING):
            yield from _list_named(value.object)
        case _:
            pass


def _list_named_by_post(note: Note) -> Iterator[str]:
    if note.in_reply_to is not None:
        yield note.in_reply_to
    if note.quote is not None:
        yield note.quote
    people = (*note.to, *note.cc, *(mention.href for mention in note.mentions))
    yield from (uri for uri in people if "/@" in uri)  # no other page is anybody's


def _rename(value: Any, ids: dict[str, str]) -> Any:
    match value:
        case str():
            return ids.get(value, value)
        case Flag(objects=objects):
            return replace(value, objects=tuple(ids.get(uri, uri) for uri in objects))
        case Create(object=object) | Update(object=object) if is_postlike(object):
            return replace(value, object=_rename_post(object, ids))
        case Move(object=object, target=target):
            return replace(value, object=ids.get(object, object), target=ids.get(target, target))
        case QuoteRequest(object=object, instrument=instrument):
            renamed = _rename_post(instrument, ids) if is_postlike(instrument) else instrument
            return replace(value, object=ids.get(object, object), instrument=renamed)
        case _ if isinstance(value, _NAMING):
            return replace(value, object=_rename(value.object, ids))
        case _:
            return value


def _rename_post(object: Postlike, ids: dict[str, str]) -> Postlike:
    note = note_of(object)
    renamed = replace(
        note,
        in_reply_to=ids.get(note.in_reply_to, note.in_reply_to) if note.in_reply_to else None,
        quote=ids.get(note.quote, note.quote) if note.quote else None,
        to=tuple(ids.get(uri, uri) for uri in note.to),
        cc=tuple(ids.get(uri, uri) for uri in note.cc),
        mentions=tuple(replace(one, href=ids.get(one.href, one.href)) for one in note.mentions),
    )
    return renamed if isinstance(object, Note) else replace(object, note=renamed)
