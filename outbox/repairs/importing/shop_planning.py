"""Shops that an import would make, who would manage them, and what stands on their lists of prices."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import TypeVar

from models import preferences
from models.moments import PARIS
from models.people import accounts
from models.people.invitations import member_imports
from models.people.opening_hours import (
    MOST_CLOSURES,
    MOST_SPANS,
    Closure,
    Hours,
    OpeningInterval,
    make_hours,
)
from models.places import places
from models.places.places import Commune, fold_name
from models.repairs.importing import imports
from models.repairs.importing.lines import ClosureLine, ImportLines, OpeningLine, PriceLine, RepairerLine
from models.repairs.shops import staff
from models.repairs.shops.prices import MOST_PRICES, Price
from models.repairs.shops.shops import MOST_COMMUNES, WORDS_LIMIT, ShopDetails
from models.store.database import Connection
from outbox.repairs.importing.plan import Notes, ShopPlan
from outbox.repairs.importing.words import find_type, list_bike_types, list_organs

OfShop = TypeVar("OfShop", PriceLine, OpeningLine, ClosureLine)

LONGEST_STEM = 24
"""Letters of a name that a user name takes: a number follows where it is taken."""


async def plan_shops(conn: Connection, lines: ImportLines, shop_ids: Mapping[str, int], notes: Notes) -> list[ShopPlan]:
    """Those that are new here. What somebody has to choose, since we cannot tell it, is a doubt."""
    own_types = (await preferences.load(conn)).shop_types
    new = [one for one in lines.repairers if await _is_new(conn, one, shop_ids, notes)]
    usernames = await _choose_usernames(conn, [one.name for one in new])
    communes = await _map_communes(conn, new)
    prices, week, closed = _by_shop(lines.interventions), _by_shop(lines.openings), _by_shop(lines.closures)
    plans = [
        ShopPlan(
            line=one,
            username=username,
            details=_make_details(
                one, _choose_types(one, own_types, notes), _choose_cities(one, communes, notes), prices
            ),
            commune=_choose_commune(one, communes, notes),
            prices=_choose_prices(one, prices, notes),
            hours=_choose_hours(one, week.get(one.origin, []), closed.get(one.origin, []), notes),
        )
        for one, username in zip(new, usernames, strict=True)
    ]
    for plan in plans:
        if plan.details.workshop and plan.line.street:
            notes.doubt(plan.line, "shop_street_left", f"{plan.line.name}, {plan.line.street}")
    return plans


def _choose_commune(one: RepairerLine, communes: Mapping[str, Commune], notes: Notes) -> Commune | None:
    found = communes.get(one.place)
    if found is None:
        notes.doubt(one, "shop_commune_unknown", one.place)
    return found


def _choose_prices(one: RepairerLine, prices: Mapping[str, Sequence[PriceLine]], notes: Notes) -> list[Price]:
    lines = prices.get(one.origin, [])
    if len(lines) > MOST_PRICES:
        notes.doubt(one, "prices_too_many", str(len(lines)))
    return [Price(label=each.label, kind="fixed", cents=each.cents) for each in lines[:MOST_PRICES]]


def _choose_hours(
    one: RepairerLine, week: Sequence[OpeningLine], closures: Sequence[ClosureLine], notes: Notes
) -> Hours:
    """Its week, and the closures that are not over; what is too much to be kept is a doubt."""
    today = notes.at.astimezone(PARIS).date()
    closed = [each for each in closures if each.last >= today]
    if len(week) > MOST_SPANS or len(closed) > MOST_CLOSURES:
        notes.doubt(one, "hours_too_many", str(max(len(week), len(closed))))
    return make_hours(
        (OpeningInterval(day=each.day, opens=each.opens, closes=each.closes) for each in week),
        (Closure(first=each.first, last=each.last) for each in closed),
    )


def _choose_types(one: RepairerLine, own_types: Sequence[str], notes: Notes) -> list[str]:
    types = [found for said in one.types if (found := find_type(said, own_types)) is not None]
    if len(types) < len(one.types) or not one.types:
        notes.doubt(one, "shop_type_unknown", ", ".join(one.types))
    return list(dict.fromkeys(types))


def _choose_cities(one: RepairerLine, communes: Mapping[str, Commune], notes: Notes) -> list[str]:
    """Codes of the communes to which it comes."""
    unknown = [city for city in one.cities if city not in communes]
    if unknown:
        notes.doubt(one, "shop_cities_unknown", ", ".join(unknown))
    return sorted({communes[city].code for city in one.cities if city in communes})[:MOST_COMMUNES]


async def _is_new(conn: Connection, one: RepairerLine, shop_ids: Mapping[str, int], notes: Notes) -> bool:
    if one.origin in shop_ids:
        notes.known += 1
    elif not one.enabled:
        notes.doubt(one, "shop_not_enabled", one.name)
    elif await imports.has_shop_named(conn, one.name):
        notes.doubt(one, "shop_named_already", one.name)
    else:
        return True
    return False


def _make_details(
    one: RepairerLine, types: list[str], cities: list[str], prices: Mapping[str, Sequence[PriceLine]]
) -> ShopDetails:
    """Who comes by, in our word or in theirs, has no workshop: nothing names where she lives."""
    return ShopDetails(
        types=types,
        bike_types=list_bike_types(one.bike_types),
        interventions=list_organs(each.label for each in prices.get(one.origin, [])),
        by_appointment=one.by_appointment,
        workshop=not any("itinerant" in fold_name(said) for said in (*types, *one.types)),
        commune_codes=cities,
        words=one.description[:WORDS_LIMIT],
    )


async def plan_managers(
    conn: Connection,
    lines: ImportLines,
    shops: Sequence[ShopPlan],
    shop_ids: Mapping[str, int],
    notes: Notes,
) -> list[RepairerLine]:
    """Members of ours who managed one over there, of new shops and of those that came before she did."""
    known = await imports.map_known(conn, "manager", {one.origin for one in lines.repairers})
    standing = {one.line.origin for one in shops} | await imports.filter_shops(conn, shop_ids)
    planned: list[RepairerLine] = []
    for one in lines.repairers:
        if one.origin in known or one.origin not in standing:
            continue
        if one.owner not in notes.members:
            notes.doubt(one, "manager_unknown", one.name)
        elif await _is_of_shop(conn, notes.members[one.owner], shop_ids.get(one.origin)):
            notes.known += 1
        else:
            planned.append(one)
    return planned


async def _is_of_shop(conn: Connection, member_id: int, shop_id: int | None) -> bool:
    """Whether she does something there already, which nobody changes behind her back."""
    return shop_id is not None and member_id in await staff.list_ids(conn, shop_id)


def note_left(lines: ImportLines, shop_ids: Mapping[str, int], notes: Notes) -> None:
    """A shop that came before has prices and hours of its own by now, which nobody changes behind its back."""
    named = {one.origin for one in lines.repairers} | set(shop_ids)
    for kind in (lines.interventions, lines.openings, lines.closures):
        for one in kind:
            if one.repairer not in named:
                notes.fault(one, "repairer", "unknown_repairer", one.repairer)
        notes.known += len({one.repairer for one in kind} & set(shop_ids))


def _by_shop(lines: Sequence[OfShop]) -> dict[str, list[OfShop]]:
    found: dict[str, list[OfShop]] = {}
    for one in lines:
        found.setdefault(one.repairer, []).append(one)
    return found


async def _map_communes(conn: Connection, repairers: Sequence[RepairerLine]) -> dict[str, Commune]:
    """Each place of theirs that can be one commune only, as it was written."""
    said = {one.place for one in repairers} | {city for one in repairers for city in one.cities}
    found: dict[str, Commune] = {}
    for one in sorted(said - {""}):
        commune = await places.find_commune_named(conn, re.sub(r"\s*\(.*\)$", "", one))
        if commune is not None:
            found[one] = commune
    return found


async def _choose_usernames(conn: Connection, names: Sequence[str]) -> list[str]:
    """A user name for each, that nobody ever had."""
    stems = [_make_stem(name) for name in names]
    taken = set(await member_imports.filter_usernames(conn, stems))
    chosen: list[str] = []
    for stem in stems:
        name = next(one for one in _list_names(stem) if one not in taken)
        taken.add(name)
        chosen.append(name)
    return chosen


def _make_stem(name: str) -> str:
    stem = fold_name(name).strip().replace(" ", "_")[:LONGEST_STEM].strip("_")
    return stem if stem and not stem.isdecimal() else "atelier"


def _list_names(stem: str) -> Iterator[str]:
    for number in count(1):
        name = stem if number == 1 else f"{stem.rstrip('0123456789')}{number}"
        if name not in accounts.RESERVED:
            yield name
