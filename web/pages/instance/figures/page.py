"""What happens in the cooperative, for everybody: a period, a place or a kind, with its charts and its tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from aiohttp import web

from models.coop.figures.cells import (
    COUNTS,
    NOTHING,
    Available,
    Shown,
    ShownSlice,
    find_figures,
    list_slices,
    load_months,
)
from models.coop.figures.deciding import Slice
from models.listings.listings import ListingMode
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.pages.instance.exchange_statistics import MODES
from web.pages.instance.figures.asked import AskedFigures, load_chosen, read_asked
from web.pages.instance.figures.charts import MonthLine, draw_months, list_shown_months
from web.pages.instance.figures.words import KINDS, LICENCES, name_period
from web.rendering.render import reader_language, render, say

HERE, ELSEWHERE = Slice(side="here"), Slice(side="elsewhere")

HIDDEN = Shown(what="", amount=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A place, a kind or a way, with its figures."""

    name: str
    code: str
    figures: dict[str, Shown]


async def show_figures(request: web.Request) -> web.Response:
    """GET /chiffres: `periode`, `lieu`, `genre`, `mode`. 404, with what there is, where nothing is called so."""
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await load_chosen(conn, request)
        asked, there = await read_asked(conn, request)
        shared: dict[str, Any] = {
            "asked": asked,
            "there": there,
            "options": _list_options(request, there),
            "chosen": chosen,
            "licence": LICENCES[chosen.figures_licence],
        }
        if asked.period is None or not asked.known:
            return await render(request, "figures/none.html", status=404, **shared)
        slices = await list_slices(conn, asked.period)
        months = await _load_months(conn, asked, there, reader_language(request))
    figures: dict[str, Shown] = dict.fromkeys(COUNTS, HIDDEN)
    if not asked.is_crossed:
        figures = find_figures(slices, asked.slice)
    return await render(
        request,
        "figures/show.html",
        period=name_period(partial(say, request), reader_language(request), asked.period),
        figures=figures,
        elsewhere=find_figures(slices, ELSEWHERE)["agreed"] if asked.slice.is_whole else None,
        median=figures.get("median"),
        unanswered=figures.get("unanswered"),
        kilograms=_weigh(figures["objects"], chosen.kilogram_factor),
        months=months,
        split=asked.slice.is_whole,
        communes=_list_communes(there, slices),
        modes=_list_modes(request, there, slices),
        query=request.query_string,
        **shared,
    )


def _list_options(request: web.Request, there: Available) -> dict[str, list[tuple[str, str]]]:
    """The choices of the form: codes with their words."""
    language, speak = reader_language(request), partial(say, request)
    return {
        "periode": [(one.code, name_period(speak, language, one)) for one in there.periods],
        "lieu": [(one.code, one.name) for one in there.places],
        "genre": [(one, speak(KINDS[one])) for one in there.kinds],
        "mode": [(one, speak(MODES[_as_mode(one)])) for one in there.modes],
    }


def _as_mode(code: str) -> ListingMode:
    return next((mode for mode in MODES if mode == code), "other")


async def _load_months(conn: Connection, asked: AskedFigures, there: Available, language: str) -> list[MonthLine]:
    if asked.period is None or asked.is_crossed:
        return []
    counted = sorted(one.first for one in there.periods if one.length == "month")
    months = list_shown_months(asked.period, counted)
    found = await load_months(conn, [asked.slice, HERE, ELSEWHERE], "agreed", months)
    return draw_months(
        months,
        *([one for one in found if one.slice == slice] for slice in (asked.slice, HERE, ELSEWHERE)),
        language=language,
        split=asked.slice.is_whole,
    )


def _weigh(objects: Shown, factor: float) -> Shown | None:
    """Kilograms avoided, where the cooperative knows how many each object stands for."""
    if not factor:
        return None
    amount = None if objects.amount is None else objects.amount * Decimal(str(factor))
    return replace(objects, what="kilograms", amount=amount)


def _list_communes(there: Available, slices: Sequence[ShownSlice]) -> list[Line]:
    """The communes in which something happened, or may have."""
    by_code = _gather(slices, lambda one: one.commune_code)
    return [
        Line(name=one.name, code=one.code, figures=by_code[one.code])
        for one in there.places
        if not one.is_epci and one.code in by_code
    ]


def _list_modes(request: web.Request, there: Available, slices: Sequence[ShownSlice]) -> list[Line]:
    by_code = _gather(slices, lambda one: "" if one.kind else one.mode)
    return [
        Line(name=say(request, MODES[_as_mode(code)]), code=code, figures=by_code[code])
        for code in there.modes
        if code in by_code
    ]


def _gather(slices: Sequence[ShownSlice], read_code: Callable[[ShownSlice], str]) -> dict[str, dict[str, Shown]]:
    found: dict[str, dict[str, Shown]] = {}
    for one in slices:
        if code := read_code(one):
            found.setdefault(code, {what: Shown(what=what, amount=NOTHING) for what in COUNTS})[one.what] = one
    return found
