"""The figures as files: a spreadsheet, JSON, what their columns mean, and a catalogue that data.gouv.fr reads."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from aiohttp import web

from models.coop.figures.cells import ShownSlice, find_available, list_all, list_slices, list_whole
from models.coop.figures.periods import Period, find_next_month
from models.errors import NotFound
from models.preferences import Preferences
from models.store.database import connection
from web.forms.form import read_query
from web.http.app_keys import INSTANCE
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
    comma = read_query(request).text("separateur", limit=20) == "virgule"
    _, _, cells = await _load(request)
    rows: list[tuple[Cell, ...]] = [COLUMNS, *map(write_line, cells)]
    text = MARK + write_rows(rows, delimiter="," if comma else ";")
    headers = HEADERS | {"Content-Disposition": 'attachment; filename="chiffres.csv"'}
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)


async def show_json(request: web.Request) -> web.Response:
    """GET /chiffres.json: the same lines as objects."""
    chosen, _, cells = await _load(request)
    return _send(request, chosen, cells)


async def show_whole(request: web.Request) -> web.Response:
    """GET /chiffres/ensemble.json: what the cooperative as a whole did in each period; what its neighbours add up."""
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await load_chosen(conn, request)
        there = await find_available(conn)
        cells = await list_whole(conn)
    return _send(request, chosen, cells, periodes=[one.code for one in there.periods])


async def show_columns(request: web.Request) -> web.Response:
    """GET /chiffres/schema.json: the Table Schema of the spreadsheet."""
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await load_chosen(conn, request)
    return _answer(describe_columns(request.app[INSTANCE].site, chosen), "application/json")


async def show_catalogue(request: web.Request) -> web.Response:
    """GET /chiffres/catalogue.jsonld: DCAT, as data.gouv.fr harvests it."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        chosen = await load_chosen(conn, request)
        there = await find_available(conn)
    return _answer(describe_catalogue(instance.site, chosen, there), "application/ld+json")


async def _load(request: web.Request) -> tuple[Preferences, Period | None, list[ShownSlice]]:
    """The lines of a period, or all of them; raises NotFound for a period that is not there."""
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await load_chosen(conn, request)
        if not read_query(request).text("periode", limit=30):
            return chosen, None, await list_all(conn)
        asked, there = await read_asked(conn, request)
        if asked.period is None:
            raise NotFound("no_such_period", field="periode", known=", ".join(one.code for one in there.periods[:3]))
        return chosen, asked.period, await list_slices(conn, asked.period)


def _send(request: web.Request, chosen: Preferences, cells: Iterable[ShownSlice], **more: list[str]) -> web.Response:
    site = request.app[INSTANCE].site
    document = {
        "format": FORMAT,
        "cooperative": chosen.name or site.host,
        "url": f"{site.url}/chiffres",
        "licence": LICENCES[chosen.figures_licence][1],
        **more,
        "figures": [dict(zip(COLUMNS, write_line(one), strict=True)) for one in cells],
    }
    return _answer(document, "application/json")


def _answer(document: Any, content_type: str) -> web.Response:
    body = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    return web.Response(body=body, content_type=content_type, charset="utf-8", headers=HEADERS)


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
