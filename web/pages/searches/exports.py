"""A search for other programs: Atom, JSON Feed, GeoJSON and iCalendar, with the same parameters as its page.

Programs that follow an address have no account: all of these hold what any visitor may read.
"""

from datetime import UTC, datetime
from typing import Literal, get_args

import msgspec
from aiohttp import web

from federation.directory.geojson import GEOJSON
from models import searches
from models.store.database import Connection, connection
from web.forms.form import read_query
from web.http.app_keys import INSTANCE
from web.http.caching import answer_kept
from web.pages.searches.search_query import SearchQuery
from web.pages.searches.search_reading import read_search
from web.pages.searches.search_title import say_search
from web.rendering.feeds.atom import ATOM, Feed, build_feed
from web.rendering.feeds.geojson import build_listing_collection
from web.rendering.feeds.icalendar import write_calendar
from web.rendering.feeds.json_feed import JSON_FEED, build_json_feed
from web.rendering.feeds.listing_bundles import ListingBundle, load_listing_bundles
from web.rendering.feeds.listing_dates import list_dated
from web.rendering.render import find_branding

Format = Literal["atom", "json", "geojson", "ics"]

FORMATS: tuple[Format, ...] = get_args(Format)

TYPES: dict[Format, str] = {
    "atom": f"{ATOM}; charset=utf-8",
    "json": f"{JSON_FEED}; charset=utf-8",
    "geojson": GEOJSON,
    "ics": "text/calendar; charset=utf-8",
}

MOST = 60
"""So many listings stand in a feed: three pages of the search."""

KEPT_SECONDS = 300
"""New listings stand in a feed within five minutes, however many programs follow it."""


async def show_feed(request: web.Request) -> web.Response:
    """GET /annonces/flux.atom, .json, .geojson and .ics."""
    format: Format = next(one for one in FORMATS if one == request.match_info["format"])
    async with connection(request.app[INSTANCE].pool) as conn:
        branding = await find_branding(request, conn)
        search = await read_search(conn, read_query(request), None, branding)
        words = await say_search(request, conn, search)
        found = await list_found(conn, search, most=MOST)
        gathered = await load_listing_bundles(conn, found, found)
    site = request.app[INSTANCE].site
    feed = Feed(
        id=site.url + search.address(path="/annonces"),
        title=f"{words} — {branding.name}",
        links={
            "self": site.url + search.address(path=f"/annonces/flux.{format}"),
            "alternate": site.url + search.address(),
        },
        empty_since=datetime.fromtimestamp(0, UTC),
        logo=site.url + branding.logo if branding.logo.startswith("/") else branding.logo,
    )
    body = _write(request, format, feed, gathered)
    headers = {"Content-Type": TYPES[format], "Vary": "Accept-Language"}
    return answer_kept(request, body, seconds=KEPT_SECONDS, headers=headers)


def _write(request: web.Request, format: Format, feed: Feed, gathered: list[ListingBundle]) -> bytes:
    site = request.app[INSTANCE].site
    language = site.languages[0]
    match format:
        case "atom":
            return build_feed(site, feed, gathered, language)
        case "json":
            return msgspec.json.encode(build_json_feed(site, feed, gathered, language))
        case "geojson":
            return msgspec.json.encode(build_listing_collection(site, gathered, name=feed.title))
        case "ics":
            return write_calendar(list_dated(gathered), name=feed.title)


async def list_found(conn: Connection, search: SearchQuery, *, most: int) -> dict[int, float | None]:
    """The ids of what a visitor finds by it, at most so many, in their order, and how far each is in kilometres."""
    found = await searches.list_network(conn, search.build_filter(reader_id=None), limit=most)
    return {one.id: one.distance for one in found}
