"""A bike with all of its book, as JSON and as a table."""

from collections.abc import Iterator

import orjson
from aiohttp import web

from models.repairs.bikes import entries
from models.repairs.bikes.entries import BikeEntry
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.pages.exchanges.thread.book_proposals import ORGANS, OUTCOMES
from web.pages.repairs.bikes.bike_form import get_bike
from web.personal_export.bikes import describe_bike
from web.rendering.feeds.spreadsheets import MARK, Cell, write_rows
from web.rendering.render import N_, say
from web.security.session import require_account

COLUMNS = (
    N_("Jour"),
    N_("Ce qui a été fait"),
    N_("Sur quoi"),
    N_("Résultat"),
    N_("Par qui"),
    N_("Pièces"),
    N_("Minutes"),
    N_("Kilomètres"),
    N_("À retenir"),
)


async def show_json(request: web.Request) -> web.Response:
    """GET /mes-velos/ID/carnet.json."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        told = await describe_bike(conn, await get_bike(conn, request, account))
    return _answer(orjson.dumps(told, option=orjson.OPT_INDENT_2), "application/json", "carnet.json")


async def show_table(request: web.Request) -> web.Response:
    """GET /mes-velos/ID/carnet.csv."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        bike = await get_bike(conn, request, account)
        lines = await entries.list_of_bike(conn, bike.id)
    heads: list[Cell] = [say(request, name) for name in COLUMNS]
    rows = [heads, *_list_rows(request, lines)]
    return _answer((MARK + write_rows(rows)).encode(), "text/csv", "carnet.csv")


def _list_rows(request: web.Request, lines: list[BikeEntry]) -> Iterator[list[Cell]]:
    for one in lines:
        yield [
            one.done_on,
            one.title,
            say(request, ORGANS[one.organ]) if one.organ else "",
            say(request, OUTCOMES[one.outcome]) if one.outcome else "",
            one.repairer,
            ", ".join(one.parts),
            one.minutes,
            one.kilometres,
            one.text,
        ]


def _answer(body: bytes, content_type: str, name: str) -> web.Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=body, content_type=content_type, charset="utf-8", headers=headers)
