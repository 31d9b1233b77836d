"""A search in words with all that narrows it: the title of its page, feeds, poster and frame, and what alerts watch."""

from dataclasses import dataclass
from functools import partial

from aiohttp import web

from models.people import actors
from models.store.database import Connection
from web.pages.searches.search_query import EPCI, MINE, SearchQuery
from web.pages.searches.wanted_days import WantedDays
from web.rendering.formats import format_short_day, format_start
from web.rendering.render import N_, find_branding, reader_language, say
from web.rendering.search_words import describe_search

COOPS_NAMED = 3
"""More cooperatives than these are counted, not named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidSearch:
    """A search as `describe_search` reads it."""

    text: str
    kinds: tuple[str, ...]
    modes: tuple[str, ...]
    category: str
    subcategory_label: str | None
    territory_uris: tuple[str, ...]
    communes: tuple[str, ...]
    epcis: tuple[str, ...]
    area: str
    coop: str
    radius: float | None
    with_photo: bool
    from_places: bool


async def say_search(request: web.Request, conn: Connection, search: SearchQuery) -> str:
    """One sentence, without a full stop: "Les offres pour « tente », à moins de 10 km de Lomme, en prêt"."""
    filter = search.build_filter(reader_id=None)
    own = (await find_branding(request, conn)).find_subcategory(search.category)
    said = SaidSearch(
        text=filter.text,
        kinds=filter.kinds,
        modes=filter.modes,
        category=search.category,
        subcategory_label=own.label if own else None,
        territory_uris=(filter.territory_uri,) if filter.territory_uri else filter.territory_uris,
        communes=filter.communes,
        epcis=filter.epcis,
        area=name_area(search),
        coop=await _say_coops(request, conn, search),
        radius=filter.radius,
        with_photo=filter.with_photo,
        from_places=filter.from_places,
    )
    also = [_say_days(request, search.days)] if search.days else []
    also += [say(request, N_(", dans une zone de la carte"))] if search.bounds else []
    return describe_search(partial(say, request), reader_language(request), said, also=also)


def name_area(search: SearchQuery) -> str:
    """What the place is called that was asked for; "" for everywhere."""
    near = search.commune
    if near is None or not (search.within or search.commune_given):
        return ""
    return (near.epci_name or "") if search.within == EPCI else near.name


async def name_coops(conn: Connection, coop: str) -> list[str]:
    """What the cooperatives are called that were chosen; none for those that she follows."""
    known = [] if coop == MINE else await actors.list_by_uris(conn, coop.split())
    return sorted(actor.place_name or actor.display_name for actor in known)


async def _say_coops(request: web.Request, conn: Connection, search: SearchQuery) -> str:
    if search.coop == MINE:
        ours = await find_branding(request, conn)
        return "" if search.known else say(request, N_("%(coop)s et ses voisines"), coop=ours.name)
    names = await name_coops(conn, search.coop)
    if len(names) > COOPS_NAMED:
        return say(request, N_("%(count)s coops"), count=len(names))
    return ", ".join(names) or (say(request, N_("une coop inconnue")) if search.coop else "")


def _say_days(request: web.Request, days: WantedDays) -> str:
    if days.weekend:
        return say(request, N_(", libres ce week-end"))
    language = reader_language(request)
    last = format_short_day(days.last, language)
    if days.first == days.last:
        return say(request, N_(", libres le %(day)s"), day=last)
    return say(
        request, N_(", libres du %(first)s au %(last)s"), first=format_start(days.first, days.last, language), last=last
    )
