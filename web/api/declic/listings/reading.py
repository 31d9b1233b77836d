"""Listings found and shown: one search for JSON, GeoJSON and Atom."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import msgspec
from aiohttp import web

from federation.directory.geojson import GEOJSON
from models import posts
from models.errors import Invalid, NotFound
from models.listings import categories, subcategories
from models.listings.listings import OPEN
from models.people import actors
from models.places import places
from models.places.places import Commune
from models.searches import CatalogueFilter, list_catalogue
from models.store.database import Connection, connection
from models.timelines import Page
from web.actions.call_openings import note_call_opened
from web.api.auth import reader_id
from web.api.declic.cache_headers import answer, answer_bytes
from web.api.declic.request_schemas import ListingQuery, Nothing
from web.api.declic.serializers import build_listing
from web.api.pagination import link_header, read_links
from web.api.parameters import read_id
from web.http.accept import read_accept
from web.http.app_keys import INSTANCE
from web.rendering.feeds.atom import ATOM, Feed, build_feed
from web.rendering.feeds.geojson import build_listing_collection
from web.rendering.feeds.listing_bundles import ListingBundle, load_listing_bundles
from web.rendering.render import find_branding

Format = Literal["json", "geojson", "atom"]

FORMATS: dict[str, Format] = {
    "application/json": "json",
    "application/*": "json",
    "*/*": "json",
    GEOJSON: "geojson",
    ATOM: "atom",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCategories:
    """What is asked for: shared categories, one of which is enough, and a sub-category of ours."""

    shared: tuple[str, ...]
    own: str | None


async def list_listings(request: web.Request, asked: ListingQuery) -> web.Response:
    """GET /listings, in the format that the client would rather have."""
    header = ",".join(request.headers.getall("Accept", [])).strip() or "*/*"
    wanted: Format = next((FORMATS[one.type] for one in read_accept(header) if one.type in FORMATS), "json")
    return await _answer_listings(request, asked, wanted)


async def list_on_map(request: web.Request, asked: ListingQuery) -> web.Response:
    """GET /listings.geojson."""
    return await _answer_listings(request, asked, "geojson")


async def list_as_feed(request: web.Request, asked: ListingQuery) -> web.Response:
    """GET /listings.atom."""
    return await _answer_listings(request, asked, "atom")


async def _answer_listings(request: web.Request, asked: ListingQuery, format: Format) -> web.Response:
    site, me = request.app[INSTANCE].site, reader_id(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        page = _read_page(asked)
        found = await list_catalogue(conn, await read_filter(conn, asked, me), page)
        gathered = await load_listing_bundles(conn, [one.id for one in found], {one.id: one.distance for one in found})
    ids = [one.id for one in found]
    links = link_header(request, ids)
    match format:
        case "json":
            return answer(request, [build_listing(site, one, me) for one in gathered], links=links)
        case "geojson":
            body = msgspec.json.encode(build_listing_collection(site, gathered))
            return answer_bytes(request, body, GEOJSON, links=links)
        case "atom":
            return answer_bytes(
                request, await _write_feed(request, gathered, ids), f"{ATOM}; charset=utf-8", links=links
            )


async def _write_feed(request: web.Request, gathered: list[ListingBundle], ids: list[int]) -> bytes:
    site = request.app[INSTANCE].site
    address = site.url + request.path_qs
    feed = Feed(
        id=address,
        title=(await find_branding(request)).name,
        links={"self": address, "alternate": f"{site.url}/annonces"} | read_links(request, ids),
        empty_since=datetime.fromtimestamp(0, UTC),
    )
    return build_feed(site, feed, gathered, site.languages[0])


async def show_listing(request: web.Request, _: Nothing) -> web.Response:
    """GET /listings/{id}. Raises NotFound, also for what this reader may not see."""
    async with connection(request.app[INSTANCE].pool) as conn:
        one = await get_visible(conn, request)
    await note_call_opened(request.app[INSTANCE], one.listing, reader_id(request))
    return answer(request, build_listing(request.app[INSTANCE].site, one, reader_id(request)))


async def get_visible(conn: Connection, request: web.Request) -> ListingBundle:
    """The listing that the address names, if the reader may see it. Raises NotFound."""
    id = read_id(request.match_info["id"])
    visible = await posts.filter_visible(conn, [id] if id is not None else [], reader_id(request))
    gathered = await load_listing_bundles(conn, visible)
    if not gathered:
        raise NotFound
    return gathered[0]


async def read_filter(conn: Connection, asked: ListingQuery, me: int | None) -> CatalogueFilter:
    """The question as the database understands it. Raises Invalid for a place, category or territory that is none."""
    wanted = await find_categories(conn, asked.category)
    around = await _find_commune(conn, "around", asked.around)
    inside = await _find_commune(conn, "commune", asked.commune)
    return CatalogueFilter(
        text=asked.q,
        kinds=tuple(asked.kind),
        modes=tuple(asked.mode),
        categories=wanted.shared,
        subcategory=wanted.own,
        statuses=tuple(asked.status) or OPEN,
        communes=tuple(await places.list_codes(conn, inside.code)) if inside else (),
        postcode=asked.postcode or None,
        latitude=around.latitude if around else None,
        longitude=around.longitude if around else None,
        radius=float(asked.within) if around else None,
        territory_uri=await _find_territory(conn, asked.territory) if asked.territory else None,
        author_id=read_id(asked.author) if asked.author else None,
        local=None if asked.local == asked.remote else asked.local,
        with_photo=asked.with_photo,
        from_places=asked.from_places,
        since=asked.since,
        reader_local=me is not None,
        reader_id=me,
    )


async def find_categories(conn: Connection, slug: str) -> WantedCategories:
    """A shared category with all that are below it, or a sub-category of ours; none for none. Raises Invalid."""
    shared, own = categories.split_chosen(slug)
    if shared is None:
        return WantedCategories(shared=(), own=None)
    gone = own is not None and await subcategories.find_label(conn, own) is None
    if gone or categories.find(shared) is None:
        raise Invalid("category_unlisted", field="category")
    return WantedCategories(shared=tuple(categories.list_slugs(shared)), own=own)


async def _find_commune(conn: Connection, field: str, text: str) -> Commune | None:
    """The commune that is asked for; None where none is. Raises Invalid."""
    return await require_commune(conn, field, text) if text else None


async def require_commune(conn: Connection, field: str, text: str) -> Commune:
    """The commune with this INSEE code, or of this name where only one has it. Raises Invalid."""
    coded = await places.find_commune(conn, text.upper())
    named = [coded] if coded is not None else await places.list_communes_named(conn, text)
    if not named:
        raise Invalid("commune_unknown", field=field)
    if len(named) > 1:
        raise Invalid("commune_ambiguous", field=field)
    return named[0]


async def _find_territory(conn: Connection, host: str) -> str:
    """The id of the cooperative at this host. Raises Invalid."""
    ours = await actors.find_local(conn, "coop")
    known = [*([ours] if ours else []), *await actors.list_cooperatives(conn, [host.lower()])]
    for coop in known:
        if coop.host == host.lower():
            return coop.uri
    raise Invalid("territory_unknown", field="territory")


def _read_page(asked: ListingQuery) -> Page:
    def read(name: str, text: str | None) -> int | None:
        id = read_id(text) if text is not None else None
        if text is not None and id is None:
            raise Invalid("id_invalid", name=name, field=name)
        return id

    return Page(
        before=read("max_id", asked.max_id),
        since=read("since_id", asked.since_id),
        after=read("min_id", asked.min_id),
        limit=asked.limit,
    )
