"""What the page of a day shows: numbered stops, when, who, where they are and how to get there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from federation.texts.html_cleaner import to_text
from models.exchanges import first_words
from models.moments import PARIS
from models.people.actors import Actor
from models.places import places
from models.repairs.shops.shops import RepairShop
from models.repairs.tours import orders
from models.repairs.tours.routes import Point, Waypoint, find_order, put_by_hand
from models.repairs.tours.stops import TourStop, list_stops, map_phones
from models.store.database import Connection
from web.rendering.date_ranges import begin_at
from web.rendering.paths import exchange_path

DAY = timedelta(days=1)

WORDS_SHOWN = 300
"""Of what somebody wrote when she asked."""

POSTCODE = re.compile(r"\b\d{5}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """Whose day it is: a shop's, or (`shop` is None) who repairs alone. `home` is the address of the page.

    `manages`: whoever reads it may announce where the shop comes by.
    """

    actor: Actor
    shop: RepairShop | None
    home: str
    day: date
    manages: bool = False

    @property
    def today(self) -> bool:
        """Whether it is this day."""
        return self.day == datetime.now(PARIS).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class StopView:
    """One stop. `href` is its thread, or for people of a shop its agenda; `said` what somebody wrote when she asked.

    `result` is where one notes what came out, once its day has come.

    `geo` and `osm` lead there: by a telephone's own maps, and by a page.
    """

    number: int
    stop: TourStop
    begins_at: datetime | None
    place: str
    said: str
    phone: str
    href: str
    result: str
    geo: str
    osm: str
    point: Point | None
    first: bool
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TourView:
    """The day in its order; `by_hand` where somebody put that."""

    tour: Tour
    stops: Sequence[StopView]
    by_hand: bool

    @property
    def points(self) -> list[dict[str, Any]]:
        """What the map draws."""
        return [
            {"number": one.number, "name": one.stop.name, "at": one.point, "radius": one.stop.radius or 0}
            for one in self.stops
            if one.point is not None
        ]


async def load_tour(conn: Connection, tour: Tour) -> TourView:
    """The day with its stops in order."""
    found = await _list_found(conn, tour)
    points = await _map_points(conn, found)
    kept = await orders.find(conn, tour.actor.id, tour.day)
    order = put_by_hand(_propose(tour, found, points), kept)
    words = await _load_words(conn, tour.actor.id, found)
    by_key = {one.key: one for one in found}
    return TourView(
        tour=tour,
        by_hand=kept is not None,
        stops=[
            _make_stop(tour, by_key[key], (number, len(order)), points[key], words[key])
            for number, key in enumerate(order, start=1)
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWords:
    """What somebody wrote when she asked, and the telephone number that she gave."""

    said: str
    phone: str


async def _load_words(conn: Connection, actor_id: int, found: Sequence[TourStop]) -> dict[str, StopWords]:
    threads = [one.exchange_id for one in found if one.exchange_id is not None]
    said = await first_words.map_first_words(conn, threads) if threads else {}
    phones = await map_phones(conn, actor_id, threads) if threads else {}
    return {
        one.key: StopWords(
            said=_read_said(said.get(one.exchange_id or 0)) if one.how == "appointment" else "",
            phone=one.phone or phones.get(one.exchange_id or 0, ""),
        )
        for one in found
    }


async def _map_points(conn: Connection, found: Sequence[TourStop]) -> dict[str, Point | None]:
    return {one.key: await _find_point(conn, one) for one in found}


async def list_order(conn: Connection, tour: Tour) -> list[str]:
    """The keys of the day's stops as they stand."""
    found = await _list_found(conn, tour)
    points = await _map_points(conn, found)
    return put_by_hand(_propose(tour, found, points), await orders.find(conn, tour.actor.id, tour.day))


async def _list_found(conn: Connection, tour: Tour) -> list[TourStop]:
    span = (begin_at(tour.day), begin_at(tour.day + DAY))
    return await list_stops(conn, tour.actor.id, tour.shop, span, undated=tour.today)


def _propose(tour: Tour, found: Sequence[TourStop], points: dict[str, Point | None]) -> list[str]:
    return find_order(
        [
            Waypoint(key=one.key, point=points[one.key], hour=one.begins_at.timestamp())
            if one.fixed and one.begins_at is not None
            else Waypoint(key=one.key, point=points[one.key])
            for one in found
        ],
        _find_start(tour.actor),
    )


def _find_start(actor: Actor) -> Point | None:
    """Where the day begins, as far as that is known."""
    return (actor.latitude, actor.longitude) if actor.latitude is not None and actor.longitude is not None else None


async def _find_point(conn: Connection, stop: TourStop) -> Point | None:
    """Where it is on the map: a call as it says, an address by its commune."""
    if stop.place:
        commune = await places.find_commune_named(conn, _read_commune(stop.place))
        if commune is not None:
            return commune.latitude, commune.longitude
    if stop.latitude is None or stop.longitude is None:
        return None
    return stop.latitude, stop.longitude


def _read_commune(address: str) -> str:
    """What in an address names the commune: from the postcode on, else what stands behind the last comma."""
    found = list(POSTCODE.finditer(address))
    if found and address[found[-1].end() :].strip(" ,"):
        return address[found[-1].start() :].partition(",")[0]
    return address.rpartition(",")[2].strip()


def _read_said(words: first_words.FirstWords | None) -> str:
    if words is None:
        return ""
    text = words.said or to_text(words.content)
    return text if len(text) <= WORDS_SHOWN else f"{text[:WORDS_SHOWN].rstrip()}…"


def _make_stop(tour: Tour, stop: TourStop, at: tuple[int, int], point: Point | None, words: StopWords) -> StopView:
    number, count = at
    place = stop.place or stop.listing_place
    return StopView(
        number=number,
        stop=stop,
        begins_at=stop.begins_at if stop.fixed else None,
        place=place,
        said=words.said if words.said != stop.note else "",
        phone=words.phone,
        href=_find_thread(tour, stop),
        result=_find_result(tour, stop) if stop.state == "agreed" and tour.day <= datetime.now(PARIS).date() else "",
        geo=_make_geo(place, point, exact=bool(stop.place)),
        osm=f"https://www.openstreetmap.org/search?query={quote(place)}" if place else "",
        point=point,
        first=number == 1,
        last=number == count,
    )


def _find_thread(tour: Tour, stop: TourStop) -> str:
    """Where the two talk; people of a shop answer in its agenda, and who is noted there has no thread."""
    if tour.shop is None:
        return exchange_path(stop.exchange_id) if stop.exchange_id is not None else ""
    if stop.how == "call":
        return ""
    return f"{tour.home.removesuffix('/tournee')}/rendez-vous?semaine={tour.day}#semaine"


def _find_result(tour: Tour, stop: TourStop) -> str:
    """Where what came out is noted: in the thread, or by the people of a shop."""
    if tour.shop is None:
        return f"{exchange_path(stop.exchange_id)}/resultat?accord={stop.id}" if stop.exchange_id is not None else ""
    if stop.how == "call":
        return ""
    line = f"passage/{stop.id}" if stop.how == "walk_in" else stop.id
    return f"{tour.home.removesuffix('/tournee')}/rendez-vous/{line}/resultat"


def _make_geo(place: str, point: Point | None, *, exact: bool) -> str:
    """RFC 5870; with an address, what maps on telephones look for."""
    at = f"{point[0]:.5f},{point[1]:.5f}" if point is not None else "0,0"
    if place and (exact or point is None):
        return f"geo:{at}?q={quote(place)}"
    return f"geo:{at}" if point is not None else ""
