"""The repairs of a year, for the team: whole, or as they may be shown to others; and as spreadsheet and open data."""

from datetime import datetime
from functools import partial

from aiohttp import web

from models import preferences
from models.moderation import journal
from models.moments import PARIS
from models.people.roles import has_right
from models.repairs.figures import kept_files
from models.repairs.figures.counting import find_first_year, load_year
from models.store.database import Connection, connection, transaction
from web.forms.form import read_form, read_query
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.repairs.figures.open_files import find_publisher, list_columns, list_lines
from web.pages.repairs.figures.tables import ShownFigures, draw_months, name_months, show_year
from web.rendering.feeds.spreadsheets import MARK, Cell, write_rows
from web.rendering.render import N_, reader_language, render, say
from web.security.session import require_right

PAGE = "/coop/reparations"

SHARED = "partager"

LOOKED_AT = 8
"""Lines of a file that are shown before anybody takes it."""

SAID = {
    "published": N_("C’est dit : les deux fichiers sont ouverts à tout le monde."),
    "unpublished": N_("C’est dit : les fichiers ne sont plus donnés à personne."),
}


async def show_figures(request: web.Request) -> web.Response:
    """GET /coop/reparations: `annee`, and `version=partager` for what may leave the house.

    Who is not of the team sees this version alone.
    """
    account = require_right(request, "repair_figures")
    inside = has_right(account, "duty")
    shared = not inside or read_query(request).text("version", limit=20) == SHARED
    async with connection(request.app[INSTANCE].pool) as conn:
        years = await _list_years(conn)
        shown = await _load(request, conn, years, shared=shared)
        published = (await preferences.load(conn)).repairs_published
    letters = list(name_months(shown.year, reader_language(request), "LLLLL").values())
    return await render(
        request,
        "repairs/figures/show.html",
        shown=shown,
        years=years,
        shared=shared,
        inside=inside,
        bars=draw_months(shown.months, letters),
        published=published,
        may_publish=has_right(account, "figures"),
        said=find_flash_message(request, SAID),
    )


async def show_spreadsheet(request: web.Request) -> web.Response:
    """GET /coop/reparations.csv: the same, always without small counts, since a file travels."""
    require_right(request, "repair_figures")
    async with connection(request.app[INSTANCE].pool) as conn:
        shown = await _load(request, conn, await _list_years(conn), shared=True)
    headers = {
        "Content-Disposition": f'attachment; filename="reparations-{shown.year}.csv"',
        "Cache-Control": "no-store",
    }
    text = MARK + write_rows(_write_lines(request, shown))
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)


async def show_open_data(request: web.Request) -> web.Response:
    """GET /coop/reparations/donnees: what the files of open data look like, and whether everybody may have them."""
    require_right(request, "figures")
    async with transaction(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        publisher = await find_publisher(
            conn, request.app[INSTANCE].settings, chosen.name or request.app[INSTANCE].site.host
        )
        files = [
            (file, list_columns(file), await list_lines(conn, publisher, file, limit=LOOKED_AT))
            for file in ("ord", "velos")
        ]
    return await render(
        request,
        "repairs/figures/open_data.html",
        files=files,
        published=chosen.repairs_published,
        said=find_flash_message(request, SAID),
    )


async def post_publishing(request: web.Request) -> web.Response:
    """POST /coop/reparations/donnees: give both files to everybody, or to nobody any more."""
    me = require_right(request, "figures")
    form = await read_form(request)
    act = form.choice("act", ("published", "unpublished"), default="unpublished")
    async with transaction(request.app[INSTANCE].pool) as conn:
        if await preferences.write(conn, {"repairs_published": act == "published"}, by=me.actor_id):
            await kept_files.forget(conn)
            await journal.record(conn, "settings_changed", by=me, right="settings", page="repair_figures")
    raise redirect_with_message(f"{PAGE}/donnees", act)


async def _list_years(conn: Connection) -> list[int]:
    today = datetime.now(PARIS).date()
    return list(range(today.year, await find_first_year(conn, today) - 1, -1))


async def _load(request: web.Request, conn: Connection, years: list[int], *, shared: bool) -> ShownFigures:
    asked = read_query(request).text("annee", limit=10)
    year = int(asked) if asked.isdecimal() and int(asked) in years else years[0]
    return show_year(partial(say, request), reader_language(request), await load_year(conn, year), shared=shared)


def _write_lines(request: web.Request, shown: ShownFigures) -> list[list[Cell]]:
    """Heads, then one line for each figure; what is not shown says so."""
    hidden = say(request, N_("non montré"))
    heads: list[Cell] = [say(request, one) for one in (N_("Année"), N_("Compté par"), N_("Valeur"), N_("Nombre"))]
    lines = [[*heads, say(request, N_("Minutes"))]]
    for table in shown.all_tables:
        for line in table.lines:
            count: Cell = hidden if line.repairs is None else line.repairs
            lines.append([shown.year, table.name, line.name, count, line.minutes])
    whole = say(request, N_("Toute l’année"))
    for words, value in _list_single(shown):
        lines.append([shown.year, whole, say(request, words), hidden if value is None else value, None])
    return lines


def _list_single(shown: ShownFigures) -> list[tuple[str, int | None]]:
    """The figures that stand by themselves, each with its words."""
    return [
        (N_("Réparations"), shown.total),
        (N_("Appels publiés"), shown.calls),
        (N_("Appels qui ont trouvé quelqu’un"), shown.found),
        (N_("Rendez-vous demandés"), shown.asked),
        (N_("Rendez-vous pris"), shown.agreed),
        (N_("Rendez-vous faits"), shown.done),
        (N_("Passages sans rendez-vous"), shown.walk_ins),
    ]
