"""The network page: every open listing from here and from other coops, behind one plain GET form."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from federation.uris import host_of, is_uri
from models import searches
from models.listings import categories
from models.listings.listings import KINDS
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.places import places
from models.places.places import Commune, fold_name
from models.searches import COUNT_LIMIT, NetworkFilter
from models.servers.neighbour_cooperatives import list_known_cooperatives
from models.settings import Site
from models.store.database import Connection, connection
from web.forms.commune_field import read_commune
from web.forms.form import Form, read_query
from web.http.app_keys import INSTANCE
from web.pages.components.listing_cards import ListingCard, list_cards
from web.pages.components.reader_location import find_reader_commune
from web.rendering.branding import Branding
from web.rendering.render import count_unread, find_branding, render
from web.security.session import current_account

PAGE = 20

MODES = ("loan", "gift", "swap", "sale", "service")
RADII = ("2", "5", "10", "25", "50", "100")
"""Kilometres; no choice means everywhere."""

LAST_PAGE = COUNT_LIMIT // PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What the reader asked for. `commune` is where she looks from, `commune_given` whether she said so herself."""

    text: str
    place: str
    commune: Commune | None
    commune_given: bool
    radius: str
    kinds: tuple[str, ...]
    modes: tuple[str, ...]
    category: str
    coop: str
    with_photo: bool
    from_places: bool
    page: int

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The search as query parameters, the page left out."""
        single = [
            ("q", self.text),
            ("lieu", self.place),
            ("km", self.radius),
            ("cat", self.category),
            ("coop", self.coop),
        ]
        return [
            *((name, value) for name, value in single if value),
            *(("genre", kind) for kind in self.kinds),
            *(("mode", mode) for mode in self.modes),
            *([("photo", "1")] if self.with_photo else []),
            *([("partenaire", "1")] if self.from_places else []),
        ]

    @property
    def feed(self) -> str:
        """The address of this search as a feed, for readers of feeds that look for one on the page."""
        near = self.commune if self.radius else None
        single = [
            ("q", self.text),
            ("category", self.category),
            *([("around", near.code), ("within", self.radius)] if near else []),
            ("territory", host_of(self.coop) if is_uri(self.coop) else ""),
            ("with_photo", "true" if self.with_photo else ""),
            ("from_places", "true" if self.from_places else ""),
        ]
        pairs = [
            *((name, value) for name, value in single if value),
            *(("kind", kind) for kind in self.kinds),
            *(("mode", mode) for mode in self.modes),
        ]
        return f"/api/v1/declic/listings.atom?{urlencode(pairs)}".rstrip("?")

    def address(self, *without: tuple[str, str], page: int = 1) -> str:
        """The address of this search on another page, or without one of its filters."""
        kept: list[tuple[str, Any]] = [pair for pair in self.parameters if pair not in without]
        if page > 1:
            kept.append(("page", page))
        return f"/annonces?{urlencode(kept)}" if kept else "/annonces"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResults:
    """One page of what was found. `radius` is the wider one where nothing was near enough, "" for everywhere."""

    cards: list[ListingCard]
    counts: dict[tuple[str, str], int]
    radius: str
    widened: bool

    @property
    def total(self) -> int:
        """How many there are in all, up to COUNT_LIMIT."""
        return sum(self.counts.values())

    @property
    def pages(self) -> int:
        """How many pages they fill."""
        return max(1, -(-self.total // PAGE))

    def count(self, *, kind: str = "", mode: str = "") -> int:
        """How many of a kind or a mode are among them."""
        return sum(n for (k, m), n in self.counts.items() if kind in ("", k) and mode in ("", m))


async def list_listings(request: web.Request) -> web.Response:
    """GET /annonces."""
    instance, account = request.app[INSTANCE], current_account(request)
    form = read_query(request)
    async with connection(instance.pool) as conn:
        search = await read_search(conn, form, account, await find_branding(request, conn))
        results = await find(conn, instance.site, search, reader_id=account.actor_id if account else None)
        if search.page > results.pages:
            raise web.HTTPSeeOther(search.address(page=results.pages))
        coops = await list_coops(conn)
        await count_unread(request, conn)
    return await render(
        request,
        "listings/index.html",
        search=search,
        results=results,
        coops=coops,
        form=form,
        radii=RADII,
        branches=categories.BRANCH_LABELS,
        wider=categories.list_wider(),
        category=categories.find(search.category),
        origin=next((actor for actor in coops if actor.uri == search.coop), None),
        count_limit=COUNT_LIMIT,
    )


async def read_search(conn: Connection, form: Form, account: Account | None, branding: Branding) -> SearchQuery:
    """The search in the address; what makes no sense is left out, a place that is not found is said."""
    commune = await read_commune(conn, form, "lieu")
    category = form.text("cat", limit=60)
    page = form.typed("page", "1")
    return SearchQuery(
        text=form.text("q", limit=200),
        place=form.typed("lieu").strip()[:100],
        commune=commune or await find_reader_commune(conn, account, branding),
        commune_given=commune is not None,
        radius=form.choice("km", ("", *RADII)),
        kinds=form.many("genre", KINDS),
        modes=form.many("mode", MODES),
        category=category if categories.find(category) else "",
        coop=form.text("coop", limit=300),
        with_photo=form.flag("photo"),
        from_places=form.flag("partenaire"),
        page=min(int(page), LAST_PAGE) if page.isdecimal() and len(page) < 6 and int(page) else 1,
    )


def build_filter(search: SearchQuery, radius: str, *, reader_id: int | None) -> NetworkFilter:
    """The search as the database understands it."""
    near = search.commune
    return NetworkFilter(
        text=search.text,
        kinds=search.kinds,
        modes=search.modes,
        categories=tuple(categories.list_slugs(search.category)) if search.category else (),
        territory_uri=search.coop or None,
        latitude=near.latitude if near else None,
        longitude=near.longitude if near else None,
        radius=float(radius) if radius and near else None,
        with_photo=search.with_photo,
        from_places=search.from_places,
        reader_local=reader_id is not None,
        reader_id=reader_id,
        order="best" if search.text else "near" if search.commune_given else "new",
    )


async def find(conn: Connection, site: Site, search: SearchQuery, *, reader_id: int | None) -> SearchResults:
    """What matches; where nothing is near enough, the radius is widened until something is."""
    narrow = partial(build_filter, search, reader_id=reader_id)
    used = search.radius
    query = await searches.fit_query(conn, narrow(used))
    counts = await searches.count_network(conn, narrow(used), query=query)
    if not counts and search.radius:
        nearest = await searches.list_network(conn, replace(narrow(""), order="near"), limit=1)
        distance = nearest[0].distance if nearest else None
        used = next((radius for radius in RADII if distance is not None and float(radius) >= distance), "")
        query = await searches.fit_query(conn, narrow(used))
        counts = await searches.count_network(conn, narrow(used), query=query)
    page = await searches.search_network(conn, narrow(used), query=query, limit=search.page * PAGE)
    found = page.found[(search.page - 1) * PAGE :]
    cards = await list_cards(conn, site, [one.id for one in found], {one.id: one.distance for one in found})
    return SearchResults(cards=cards, counts=counts, radius=used, widened=used != search.radius)


async def list_coops(conn: Connection) -> list[Actor]:
    """The cooperatives that we know, ours first, for the choice in the form."""
    ours = await actors.find_local(conn, "coop")
    met = await actors.list_by_ids(conn, [one.actor_id for one in await list_known_cooperatives(conn)])
    met.sort(key=lambda actor: fold_name(actor.place_name or actor.display_name))
    return [*([ours] if ours else []), *met]


async def list_places(request: web.Request) -> web.Response:
    """GET /lieux?q=: communes for a field that completes what is typed, as a JSON list of names with postcodes."""
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await places.search_communes(conn, read_query(request).text("q", limit=100), 8)
    return web.json_response([one.label for one in found], headers={"Cache-Control": "public, max-age=86400"})
