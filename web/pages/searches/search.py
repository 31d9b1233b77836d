"""The network page: every open listing from here and from other coops, behind one plain GET form."""

from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from models import searches
from models.listings import categories
from models.people.actors import Actor
from models.places import epcis, places
from models.places.places import fold_name
from models.searches import COUNT_LIMIT, Cursor, NetworkFilter, Query
from models.servers.neighbour_cooperatives import list_known_actors
from models.settings import Site
from models.store.database import Connection, connection
from web.forms.form import read_query
from web.http.app_keys import INSTANCE
from web.pages.components.listing_cards import ListingCard, list_cards
from web.pages.searches.known_calendars import mark_unknown
from web.pages.searches.search_map import allow_tiles, read_map
from web.pages.searches.search_query import MODES, PAGE, RADII, SearchInside, SearchQuery
from web.pages.searches.search_reading import read_search
from web.pages.searches.search_title import say_search
from web.rendering.render import count_unread, find_branding, render
from web.security.session import current_account

SYNONYMS_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResults:
    """One page of what was found. `radius` is the wider one where nothing was near enough, "" for everywhere.

    `query` says how the words were read; `missing` goes with the cards: above 0 for one that has not all of them.
    """

    cards: list[ListingCard]
    counts: dict[tuple[str, str], int]
    query: Query
    missing: list[float]
    next: Cursor | None
    radius: str
    widened: bool

    @property
    def total(self) -> int:
        """How many there are in all, up to COUNT_LIMIT."""
        return sum(self.counts.values())

    def count(self, *, kind: str = "", mode: str = "") -> int:
        """How many of a kind or a mode are among them."""
        return sum(n for (k, m), n in self.counts.items() if kind in ("", k) and mode in ("", m))


async def list_listings(request: web.Request) -> web.Response:
    """GET /annonces."""
    return await render_search(request, "listings/index.html")


async def render_search(
    request: web.Request, template: str, *, inside: SearchInside | None = None, **also: Any
) -> web.Response:
    """The page of a search with its filters; `inside` one community where that is given, which has no map."""
    instance, account = request.app[INSTANCE], current_account(request)
    form = read_query(request)
    async with connection(instance.pool) as conn:
        branding = await find_branding(request, conn)
        search = await read_search(conn, form, account, branding)
        search = replace(search, inside=inside, on_map=False) if inside else search
        results = await find(conn, instance.site, search, reader_id=account.actor_id if account else None)
        if search.after and not results.cards:
            raise web.HTTPSeeOther(search.address())  # what stood there has gone
        coops, words = await list_coops(conn), await say_search(request, conn, search)
        shown = await read_map(
            conn,
            search,
            results.query,
            widened_to=results.radius if results.widened else None,
            reader_id=account.actor_id if account else None,
        )
        await count_unread(request, conn)
    if search.days:
        marked = await mark_unknown(instance, results.cards, member=account is not None)
        results = replace(results, cards=marked)
    response = await render(
        request,
        template,
        search=search,
        words=words,
        results=results,
        coops=coops,
        form=form,
        radii=RADII,
        modes=MODES,
        used_kinds=branding.kinds,
        used_modes=branding.modes,
        filters_open=branding.filters_open,
        category=categories.find_chosen(search.category),
        own_category=branding.find_subcategory(search.category),
        origin=next((actor for actor in coops if actor.uri == search.coop), None),
        count_limit=COUNT_LIMIT,
        **describe_words(search, results.query),
        map=shown,
        **also,
    )
    return allow_tiles(response, instance.settings, shown)


def describe_words(search: SearchQuery, query: Query) -> dict[str, Any]:
    """What the page says of the words: which were corrected, and where they are searched for as they were typed; what
    else counted; and known words like those that nothing was found with, each with the address of the search for it.
    """
    corrected = [(typed, taken) for typed, taken in query.corrected if fold_name(typed) != fold_name(taken)]
    return {
        "corrected": corrected,
        "exact_address": search.say_otherwise(*((typed, f'"{typed}"') for typed, _ in corrected)),
        "synonyms": [other for _, others in query.synonyms for other in others][:SYNONYMS_SHOWN],
        "similar": [
            (other, search.say_otherwise((word.typed, other)))
            for word in query.words
            for other in word.similar
            if other != word.taken
        ],
    }


async def find(conn: Connection, site: Site, search: SearchQuery, *, reader_id: int | None) -> SearchResults:
    """What matches; where nothing is near enough, the radius is widened until something is."""
    narrow, used = search.build_filter(reader_id=reader_id), search.radius
    query = await searches.fit_query(conn, narrow)
    counts = await searches.count_network(conn, narrow, query=query)
    if not counts and search.within:
        used = await _find_wider_radius(conn, search.build_filter(reader_id=reader_id, radius=""))
        narrow = search.build_filter(reader_id=reader_id, radius=used)
        query = await searches.fit_query(conn, narrow)
        counts = await searches.count_network(conn, narrow, query=query)
    page = await searches.search_network(conn, narrow, query=query, after=search.after, limit=PAGE)
    cards = await list_cards(conn, site, [one.id for one in page.found], {one.id: one.distance for one in page.found})
    return SearchResults(
        cards=cards,
        counts=counts,
        query=query,
        missing=[one.missing for one in page.found],
        next=page.next,
        radius=used,
        widened=bool(search.within) and used != search.radius,
    )


async def _find_wider_radius(conn: Connection, everywhere: NetworkFilter) -> str:
    """The smallest radius in which something is found, "" for everywhere."""
    nearest = await searches.list_network(conn, replace(everywhere, order="near"), limit=1)
    distance = nearest[0].distance if nearest else None
    return next((radius for radius in RADII if distance is not None and float(radius) >= distance), "")


async def list_coops(conn: Connection) -> list[Actor]:
    """The cooperatives that we know, ours first, for the choice in the form."""
    known = await list_known_actors(conn)
    met = [actor for actor in known if not actor.local]
    met.sort(key=lambda actor: fold_name(actor.place_name or actor.display_name))
    return [*(actor for actor in known if actor.local), *met]


async def list_places(request: web.Request) -> web.Response:
    """GET /lieux?q=: communes for a field that completes what is typed, as a JSON list of names with postcodes.

    With `epci=1` federations of communes too, for fields that take them.
    """
    form = read_query(request)
    typed = form.text("q", limit=100)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = [one.label for one in await places.search_communes(conn, typed, 8)]
        if form.flag("epci"):
            federations = [one.label for one in await epcis.search_epcis(conn, typed, 3)]
            found = [*found[: 8 - len(federations)], *federations]
    return web.json_response(found, headers={"Cache-Control": "public, max-age=86400"})
