"""The figures as files: a spreadsheet, JSON, what their columns mean, and a catalogue that data.gouv.fr reads."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import partial

import orjson
from aiohttp import web

from models.coop.figures.cells import (
    ShownSlice,
    find_available,
    find_decided_at,
    list_all,
    list_slices,
    list_whole,
)
from models.coop.figures.periods import Period, find_next_month
from models.errors import NotFound
from models.preferences import Preferences
from models.settings import Site
from models.store.database import Connection, connection
from web.forms.form import read_query
from web.http.app_keys import INSTANCE
from web.http.caching import make_etag
from web.pages.instance.figures.asked import load_chosen, read_asked
from web.pages.instance.figures.catalogue import describe_catalogue, describe_columns
from web.pages.instance.figures.words import LICENCES
from web.rendering.feeds.spreadsheets import MARK, Cell, write_rows

COLUMNS = ("periode", "debut", "fin", "insee", "siren", "genre", "mode", "avec", "mesure", "valeur", "etat")

STATES = ("exact", "au_moins", "non_montre")

SIDES = {"": "", "here": "ici", "elsewhere": "ailleurs"}

FORMAT = "declic-figures-1"
"""What a neighbour looks for before it reads the rest."""

HEADERS = {"Access-Control-Allow-Origin": "*"}


async def show_spreadsheet(request: web.Request) -> web.Response:
    """GET /chiffres.csv: all of it, or one `periode`; semicolons, or commas with `separateur=virgule`."""
    delimiter = "," if read_query(request).text("separateur", limit=20) == "virgule" else ";"
    async with connection(request.app[INSTANCE].pool) as conn:
        await load_chosen(conn, request)
        period = await _read_period(conn, request)
        kept = await _keep(request, conn, (delimiter, period), partial(_make_rows, conn, period, delimiter))
    answer = _answer(kept, "text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="chiffres.csv"'
    return answer


async def show_json(request: web.Request) -> web.Response:
    """GET /chiffres.json: the same lines as objects."""
    site = request.app[INSTANCE].site
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await load_chosen(conn, request)
        period = await _read_period(conn, request)
        names = ("json", period, chosen.name, chosen.figures_licence)
        kept = await _keep(request, conn, names, partial(_make_objects, conn, period, site, chosen))
    return _answer(kept, "application/json")


async def show_whole(request: web.Request) -> web.Response:
    """GET /chiffres/ensemble.json: what the cooperative as a whole did in each period; what its neighbours add up."""
    site = request.app[INSTANCE].site
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await load_chosen(conn, request)
        names = ("whole", chosen.name, chosen.figures_licence)
        kept = await _keep(request, conn, names, partial(_make_whole, conn, site, chosen))
    return _answer(kept, "application/json")


async def show_columns(request: web.Request) -> web.Response:
    """GET /chiffres/schema.json: the Table Schema of the spreadsheet."""
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await load_chosen(conn, request)
    return _answer(_tag(orjson.dumps(describe_columns(request.app[INSTANCE].site, chosen))), "application/json")


async def show_catalogue(request: web.Request) -> web.Response:
    """GET /chiffres/catalogue.jsonld: DCAT, as data.gouv.fr harvests it."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        chosen = await load_chosen(conn, request)
        there = await find_available(conn)
    return _answer(_tag(orjson.dumps(describe_catalogue(instance.site, chosen, there))), "application/ld+json")


async def _read_period(conn: Connection, request: web.Request) -> Period | None:
    """The one that is asked for, or None for all; raises NotFound for one that is not there."""
    if not read_query(request).text("periode", limit=30):
        return None
    asked, there = await read_asked(conn, request)
    if asked.period is None:
        raise NotFound("no_such_period", field="periode", known=", ".join(one.code for one in there.periods[:3]))
    return asked.period


async def _keep(
    request: web.Request, conn: Connection, names: tuple[object, ...], make: Callable[[], Awaitable[bytes]]
) -> tuple[str, bytes]:
    """The file with its tag, made once: anybody may ask for it as often as she likes, and it changes once a month."""
    files = request.app[INSTANCE].figure_files
    key = (*names, await find_decided_at(conn))
    kept = files.find(key)
    if kept is None:
        kept = _tag(await make())
        files.keep(key, kept)
    return kept


def _tag(body: bytes) -> tuple[str, bytes]:
    return make_etag(body), body


def _answer(tagged: tuple[str, bytes], content_type: str) -> web.Response:
    etag, body = tagged
    return web.Response(body=body, content_type=content_type, charset="utf-8", headers=HEADERS | {"ETag": etag})


async def _make_rows(conn: Connection, period: Period | None, delimiter: str) -> bytes:
    rows: list[tuple[Cell, ...]] = [COLUMNS, *map(write_line, await _list_lines(conn, period))]
    return (MARK + write_rows(rows, delimiter=delimiter)).encode()


async def _make_objects(conn: Connection, period: Period | None, site: Site, chosen: Preferences) -> bytes:
    return _write(site, chosen, await _list_lines(conn, period))


async def _list_lines(conn: Connection, period: Period | None) -> list[ShownSlice]:
    return await (list_all(conn) if period is None else list_slices(conn, period))


async def _make_whole(conn: Connection, site: Site, chosen: Preferences) -> bytes:
    there = await find_available(conn)
    return _write(site, chosen, await list_whole(conn), periodes=[one.code for one in there.periods])


def _write(site: Site, chosen: Preferences, cells: Iterable[ShownSlice], **more: list[str]) -> bytes:
    document = {
        "format": FORMAT,
        "cooperative": chosen.name or site.host,
        "url": f"{site.url}/chiffres",
        "licence": LICENCES[chosen.figures_licence][1],
        **more,
        "figures": [dict(zip(COLUMNS, write_line(one), strict=True)) for one in cells],
    }
    return orjson.dumps(document)


def write_line(one: ShownSlice) -> tuple[Cell, ...]:
    """A line, by COLUMNS; of all that is counted neither the beginning nor the end stands there."""
    period = Period(first=one.first, length=one.length)
    months = period.list_months()
    begins = months[0].isoformat() if months else ""
    ends = date.fromordinal(find_next_month(months[-1]).toordinal() - 1).isoformat() if months else ""
    state = STATES[2] if one.amount is None else STATES[1] if one.partial else STATES[0]
    return (
        *(period.code, begins, ends, one.commune_code, one.epci_code, one.kind, one.mode, SIDES[one.side]),
        *(MEASURES[one.what], _round(one.amount), state),
    )


MEASURES = {
    "members": "membres",
    "listings": "annonces",
    "agreed": "echanges_conclus",
    "done": "echanges_faits",
    "objects": "objets",
    "hours": "heures",
    "median": "minutes_reponse_mediane",
    "unanswered": "pourcent_sans_reponse",
}


def _round(amount: Decimal | None) -> int | None:
    return None if amount is None else round(amount)
