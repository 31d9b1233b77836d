"""Meetings for other programs: the agenda as Atom, JSON Feed and iCalendar, and one meeting as a calendar file.

Programs that follow an address have no account: all of these hold what any visitor may read.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, get_args

import msgspec
from aiohttp import web

from federation.uris import meeting_url
from models import posts
from models.errors import NotFound
from models.listings import listings
from models.listings.listings import Listing
from models.meetings import agenda
from models.meetings.agenda import AgendaEntry
from models.store.database import Connection, connection
from outbox.builders.texts.meetings import write_facts
from web.http.app_keys import INSTANCE
from web.http.caching import answer_kept
from web.pages.components.listing_by_id import get_listing
from web.pages.meetings.meeting_search import list_found, read_meeting_search
from web.rendering.feeds.atom import ATOM, Feed, build_feed
from web.rendering.feeds.icalendar import write_calendar
from web.rendering.feeds.json_feed import JSON_FEED, build_json_feed
from web.rendering.feeds.listing_bundles import ListingBundle, load_listing_bundles
from web.rendering.feeds.meeting_calendar import list_meeting_events, make_meeting_event
from web.rendering.render import find_branding, reader_language, say
from web.security.session import reader_of

Format = Literal["atom", "json", "ics"]

FORMATS: tuple[Format, ...] = get_args(Format)

CALENDAR = "text/calendar; charset=utf-8"

TYPES: dict[Format, str] = {
    "atom": f"{ATOM}; charset=utf-8",
    "json": f"{JSON_FEED}; charset=utf-8",
    "ics": CALENDAR,
}

MOST = 60
"""Times that stand in a feed."""

KEPT_SECONDS = 300


async def show_feed(request: web.Request) -> web.Response:
    """GET /rencontres/flux.atom, .json and .ics, with the parameters of the agenda's page."""
    format: Format = next(one for one in FORMATS if one == request.match_info["format"])
    async with connection(request.app[INSTANCE].pool) as conn:
        branding = await find_branding(request, conn)
        query, _ = await read_meeting_search(conn, request)
        entries = await list_found(conn, query, None, limit=MOST)
        site = request.app[INSTANCE].site
        feed = Feed(
            id=site.url + query.address(),
            title=f"{say(request, 'Rencontres')} — {branding.name}",
            links={
                "self": site.url + query.address(path=f"/rencontres/flux.{format}"),
                "alternate": site.url + query.address(),
            },
            empty_since=datetime.fromtimestamp(0, UTC),
        )
        return await answer_feed(conn, request, format, feed, entries)


async def answer_feed(
    conn: Connection, request: web.Request, format: Format, feed: Feed, entries: list[AgendaEntry]
) -> web.Response:
    """These times as what was asked for; programs may keep it for a while."""
    body = await _write(conn, request, format, feed, entries)
    headers = {"Content-Type": TYPES[format], "Vary": "Accept-Language"}
    return answer_kept(request, body, seconds=KEPT_SECONDS, headers=headers)


async def _write(
    conn: Connection, request: web.Request, format: Format, feed: Feed, entries: list[AgendaEntry]
) -> bytes:
    if format == "ics":
        return write_calendar((make_meeting_event(one) for one in entries), name=feed.title)
    site, language = request.app[INSTANCE].site, reader_language(request)
    bundles = await _load(conn, entries, language)
    if format == "atom":
        return build_feed(site, feed, bundles, language)
    return msgspec.json.encode(build_json_feed(site, feed, bundles, language))


async def _load(conn: Connection, entries: Iterable[AgendaEntry], language: str) -> list[ListingBundle]:
    """Each meeting once, where its next time stands; what it says begins with when and where."""
    first = {one.meeting.id: one for one in reversed(list(entries))}
    gathered = await load_listing_bundles(conn, dict.fromkeys(one.meeting.id for one in entries))
    return [replace(one, listing=_say_when(one.listing, first[one.listing.id], language)) for one in gathered]


def _say_when(listing: Listing, entry: AgendaEntry, language: str) -> Listing:
    next_time = entry.occurrence
    details = replace(listing.details, begins_at=next_time.begins_at, ends_at=next_time.ends_at)
    facts = "<br>".join(write_facts(details, entry.meeting.meeting, language))
    return replace(listing, details=replace(details, description=f"<p>{facts}</p>{details.description}"))


async def show_local_calendar(request: web.Request) -> web.Response:
    """GET /rencontres/UUID.ics. Raises NotFound where the reader may not see it, Gone where it was withdrawn."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_url(conn, meeting_url(instance.site, request.match_info["uuid"]))
        if listing is None:
            raise NotFound
        posts.require_standing(listing.post, reader_of(request))
        if not await posts.filter_visible(conn, [listing.id], reader_of(request)):
            raise NotFound
        return await _answer_calendar(conn, listing)


async def show_calendar(request: web.Request) -> web.Response:
    """GET /rencontres/d/ID.ics: the same of a copy."""
    async with connection(request.app[INSTANCE].pool) as conn:
        return await _answer_calendar(conn, await get_listing(conn, request))


async def _answer_calendar(conn: Connection, listing: Listing) -> web.Response:
    entries = await agenda.list_entries(conn, listing.id)
    if not entries:
        raise NotFound
    headers = {"Content-Type": CALENDAR, "Content-Disposition": 'attachment; filename="rencontre.ics"'}
    return web.Response(body=write_calendar(list_meeting_events(entries)), headers=headers)
