"""What somebody searches for, written as the parameters of an address (`search_reading` reads them).

The page, its map, feeds, alerts and what other sites show take the same parameters; the same filters are always written
as the same address.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from models.listings import categories
from models.places.epcis import Epci, shorten_name
from models.places.geometry import Box
from models.places.places import Commune
from models.searches import Cursor, NetworkFilter, Order
from web.forms.position_field import write_bounds
from web.pages.searches.wanted_days import WantedDays

PAGE = 20

MODES = ("loan", "gift", "swap", "sale", "service")

RADII = ("2", "5", "10", "25", "50", "100")
"""Kilometres; no choice means everywhere."""

COMMUNE, EPCI = "commune", "epci"
"""Instead of kilometres: in the commune, in its federation of communes."""

MINE = "miens"
"""Instead of one cooperative: those that the member follows; for visitors ours and its friends."""

PERSONAL = ("/annonces", "/annonces/points.geojson", "/alertes/nouvelle")
"""What a member reads as herself; everything else that a search leads to is read as any visitor reads it."""

ON_MAP = ("vue", "carte")
"""The map of a search has the address of its list, with this."""

ORDERS: dict[str, Order] = {"mieux": "best", "proche": "near", "recent": "new", "fin": "ending"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchInside:
    """A search of what stays inside one community, for who is in it: it stands at an address of its own."""

    community_id: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What the reader asked for. `commune` is where she looks from, `commune_given` whether she said so herself.

    `place` is what she typed for it, `close` how what comes near it is typed where nobody knows that place; `epci` is
    the federation of communes that she named instead, which the commune is one of; `within` is kilometres, COMMUNE or
    EPCI, and "" for everywhere; `coop` is the id of a cooperative's actor, several with spaces between, or MINE, which
    is her own where she is `known`; `inside` is where she looks through one community alone; `territory_uris` spells
    out several, as `commune_codes` does the commune with its parts. `order` is how the list is sorted where she chose
    it, `moments` are those of `days`. `bounds` are those of a map, where she asked for no distance; `on_map` is whether
    she looks at the map.
    """

    text: str = ""
    place: str = ""
    close: tuple[str, ...] = ()
    epci: Epci | None = None
    commune: Commune | None = None
    commune_given: bool = False
    commune_codes: tuple[str, ...] = ()
    within: str = ""
    kinds: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    category: str = ""
    coop: str = ""
    territory_uris: tuple[str, ...] = ()
    known: bool = False
    with_photo: bool = False
    from_places: bool = False
    days: WantedDays | None = None
    moments: tuple[datetime, datetime] | None = None
    chosen_order: Order | None = None
    bounds: Box | None = None
    on_map: bool = False
    after: Cursor | None = None
    inside: SearchInside | None = None

    @property
    def home(self) -> str:
        """Where it stands without any filter."""
        return self.inside.path if self.inside else "/annonces"

    @property
    def around(self) -> str:
        """The place as it stands in an address: what was typed is written as we know it."""
        if self.epci:
            return self.epci.label
        return self.commune.label if self.commune and (self.commune_given or self.within) else ""

    @property
    def short_epci(self) -> str:
        """Her federation of communes as chips name it."""
        return shorten_name(self.commune.epci_name or "") if self.commune else ""

    @property
    def close_addresses(self) -> list[tuple[str, str]]:
        """The places that she may have meant, each with the address of this search from there."""
        rest = [pair for pair in self.parameters if pair[0] != "lieu"]
        view = [ON_MAP] if self.on_map else []
        return [(label, f"{self.home}?{urlencode([*rest, ('lieu', label), *view])}") for label in self.close]

    @property
    def radius(self) -> str:
        """Kilometres, or "" where she asked for none."""
        return self.within if self.within in RADII else ""

    @property
    def order(self) -> Order:
        """How the list is sorted: as she wants it, else by words, else by distance, else the newest first."""
        return self.chosen_order or self.default_order

    @property
    def default_order(self) -> Order:
        """How the list is sorted where nobody chooses."""
        return "best" if self.text else "near" if self.commune_given else "new"

    @property
    def orders(self) -> list[str]:
        """The names of the orders that make sense for it: by words that there are, near a place that is known."""
        sensible = {"best": bool(self.text), "near": self.commune is not None}
        return [name for name, order in ORDERS.items() if sensible.get(order, True)]

    @property
    def sorted_by(self) -> str:
        """The name of the order in which it is sorted."""
        return next(name for name, order in ORDERS.items() if order == self.order)

    def sort_by(self, name: str) -> "SearchQuery":
        """The same search sorted in another way; a name that makes no sense changes nothing."""
        order = ORDERS[name] if name in self.orders else self.default_order
        return replace(self, chosen_order=None if order == self.default_order else order)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The search as query parameters, always in the same order; where in the list she is, left out."""
        single = [
            ("q", self.text),
            ("lieu", self.around),
            ("km", self.within),
            ("cat", self.category),
            ("coop", self.coop),
        ]
        return [
            *_keep_filled(single),
            *(("genre", kind) for kind in self.kinds),
            *(("mode", mode) for mode in self.modes),
            *([("photo", "1")] if self.with_photo else []),
            *([("partenaire", "1")] if self.from_places else []),
            *(self.days.parameters if self.days else []),
            *(("tri", name) for name, order in ORDERS.items() if order == self.chosen_order),
            *([("bounds", write_bounds(self.bounds))] if self.bounds else []),
        ]

    @property
    def filters(self) -> list[tuple[str, str]]:
        """What keeps listings out, words and order not counted: how many filters there are to remove."""
        counted = [pair for pair in self.parameters if pair[0] not in ("q", "tri", "au")]
        return [pair for pair in counted if pair[0] != "lieu"] if self.within else counted

    @property
    def wanted_address(self) -> str:
        """Where it is published that somebody looks for this, begun with what she typed."""
        pairs = [("genre", "request"), ("titre", self.text), ("lieu", "" if self.epci else self.around)]
        return f"/publier?{urlencode(list(_keep_filled(pairs)))}"

    def address(
        self,
        *without: tuple[str, str],
        path: str = "",
        also: Iterable[tuple[str, str]] = (),
        after: Cursor | None = None,
    ) -> str:
        """The address of this search: without some of its filters, with others, in another view, on the next page."""
        path = path or self.home
        if path not in (*PERSONAL, self.home) and self.for_everybody is not self:
            return self.for_everybody.address(*without, path=path, also=also)
        view = [ON_MAP] if self.on_map and path == self.home else []
        kept = [pair for pair in [*self.parameters, *view] if pair not in without]
        kept.extend(also)
        if after:
            kept.append(("apres", str(after)))
        return f"{path}?{urlencode(kept)}" if kept else path

    @property
    def for_everybody(self) -> "SearchQuery":
        """The search as others and programs find the same by it: a member's own territories are named."""
        if self.coop == MINE and self.known:
            return replace(self, coop=" ".join(self.territory_uris))
        return self

    def say_otherwise(self, *others: tuple[str, str]) -> str:
        """The address of the same search in other words: each pair is a word that was typed and what stands for it."""
        text = self.text
        for typed, other in others:
            text = text.replace(typed, other)
        return replace(self, text=text).address()

    def build_filter(self, *, reader_id: int | None, radius: str | None = None) -> NetworkFilter:
        """The search as the database understands it, with another radius where one is given ("" for everywhere)."""
        moments = self.moments or (None, None)
        return NetworkFilter(
            text=self.text,
            kinds=self.kinds,
            modes=self.modes,
            **find_categories(self.category),
            territory_uri=self.coop if self.coop and not self.territory_uris else None,
            territory_uris=self.territory_uris,
            with_photo=self.with_photo,
            from_places=self.from_places,
            reader_local=reader_id is not None,
            reader_id=reader_id,
            free_from=moments[0],
            free_until=moments[1],
            community_id=self.inside.community_id if self.inside else None,
            bounds=astuple(self.bounds) if self.bounds else None,
            order=self.order,
            **(self._find_area(radius) if self.commune else {}),
        )

    def _find_area(self, radius: str | None) -> dict[str, Any]:
        """Where, as fields of the filter: around her commune, or in it, or in its federation of communes."""
        near = self.commune
        assert near is not None
        kilometres = self.radius if radius is None else radius
        within = self.within if radius is None else ""
        return {
            "latitude": near.latitude,
            "longitude": near.longitude,
            "radius": float(kilometres) if kilometres else None,
            "communes": self.commune_codes if within == COMMUNE else (),
            "epcis": (near.epci_code,) if near.epci_code and within == EPCI else (),
        }


def find_categories(chosen: str) -> dict[str, Any]:
    """A shared category with those below it, or a sub-category of ours, as fields of the filter."""
    shared, own = categories.split_chosen(chosen)
    slugs = tuple(categories.list_slugs(shared)) if shared else ()
    return {"categories": slugs, "subcategory": own} if own else {"categories": slugs}


def _keep_filled(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, value in pairs if value)
