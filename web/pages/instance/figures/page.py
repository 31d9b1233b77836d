"""What happens in the cooperative, for everybody: a period, a place or a kind, with its charts and its tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import TypeAlias

from aiohttp import web
from markupsafe import Markup

from models.coop.figures.cells import (
    COUNTS,
    NOTHING,
    Available,
    Shown,
    ShownSlice,
    find_available,
    find_decided_at,
    find_figures,
    list_slices,
    load_figures,
    load_months,
)
from models.coop.figures.deciding import Slice
from models.coop.figures.periods import find_before
from models.listings.listings import ListingMode
from models.store.database import Connection, connection
from web.forms.form import read_query
from web.http.app_keys import INSTANCE
from web.pages.instance.exchange_statistics import MODES
from web.pages.instance.figures.asked import AskedFigures, list_typed, load_chosen, read_names
from web.pages.instance.figures.charts import MonthLine, draw_months, list_shown_months
from web.pages.instance.figures.words import KINDS, LICENCES, name_period
from web.rendering.render import reader_language, render, render_part, say, use_branding

Options: TypeAlias = Mapping[str, Sequence[tuple[str, str]]]

Choices: TypeAlias = tuple[Available, Options]
"""What there is, and how the form calls it."""

HERE, ELSEWHERE = Slice(side="here"), Slice(side="elsewhere")

HIDDEN = Shown(what="", amount=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A place, a kind or a way, with its figures."""

    name: str
    code: str
    figures: dict[str, Shown]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureSettings:
    """All that the page says of the cooperative's settings."""

    name: str
    licence: tuple[str, str]
    kilogram_factor: float
    kilogram_source: str


async def show_figures(request: web.Request) -> web.Response:
    """GET /chiffres: `periode`, `lieu`, `genre`, `mode`. 404, with what there is, where nothing is called so.

    What the page shows is made once for all who ask for the same, until it is decided anew or a setting changes.
    """
    pages = request.app[INSTANCE].figure_pages
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await load_chosen(conn, request)
        coop = await use_branding(request, conn, chosen)
        told = FigureSettings(
            name=coop.name,
            licence=LICENCES[chosen.figures_licence],
            kilogram_factor=chosen.kilogram_factor,
            kilogram_source=chosen.kilogram_source,
        )
        for_all = (await find_decided_at(conn), reader_language(request), tuple(coop.words.items()))
        key = (*for_all, told, list_typed(request))
        page = pages.find(key)
        if page is None:
            there, options = choices = await _find_choices(request, conn, for_all)
            asked = read_names(read_query(request), there)
            if asked.period is not None and asked.known:
                page = await _make_page(request, conn, told, asked, choices)
                pages.keep(key, page)
    if page is None:
        return await render(request, "figures/none.html", status=404, asked=asked, there=there, options=options)
    period, text = page
    shown = Markup(text)  # noqa: S704 - a template's
    return await render(request, "figures/show.html", period=period, shown=shown, published=chosen.figures_published)


async def _make_page(
    request: web.Request,
    conn: Connection,
    told: FigureSettings,
    asked: AskedFigures,
    choices: Choices,
) -> tuple[str, str]:
    """What a period is called, and what is shown of it."""
    period, (there, options) = asked.period, choices
    assert period is not None
    slices = await list_slices(conn, period)
    months = await _load_months(conn, asked, there, reader_language(request))
    figures: dict[str, Shown] = dict.fromkeys(COUNTS, HIDDEN)
    if not asked.is_crossed:
        figures = find_figures(slices, asked.slice)
    speak, language = partial(say, request), reader_language(request)
    name = name_period(speak, language, period)
    before = next((one for one in there.periods if one == find_before(period)), None)
    earlier: dict[str, Shown] = dict.fromkeys(COUNTS, HIDDEN)
    if before is not None:
        earlier = await load_figures(conn, before, asked.slice)
    text = render_part(
        request,
        "figures/period.html",
        told=told,
        asked=asked,
        there=there,
        options=options,
        period=name,
        figures=figures,
        before=name_period(speak, language, before) if before is not None else "",
        earlier=earlier,
        elsewhere=find_figures(slices, ELSEWHERE)["agreed"] if asked.slice.is_whole else None,
        median=figures.get("median"),
        unanswered=figures.get("unanswered"),
        kilograms=_weigh(figures["objects"], told.kilogram_factor),
        months=months,
        split=asked.slice.is_whole,
        communes=_list_communes(there, slices),
        modes=_list_modes(request, there, slices),
    )
    return name, text


async def _find_choices(request: web.Request, conn: Connection, for_all: tuple[object, ...]) -> Choices:
    """What there is and how it is called, of ten years some two hundred names: made once for all pages."""
    choices = request.app[INSTANCE].figure_choices
    found = choices.find(for_all)
    if found is None:
        there = await find_available(conn)
        found = there, _list_options(request, there)
        choices.keep(for_all, found)
    return found


def _list_options(request: web.Request, there: Available) -> Options:
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
        *([one for one in found if one.is_of(slice)] for slice in (asked.slice, HERE, ELSEWHERE)),
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
            if code not in found:
                found[code] = {what: Shown(what=what, amount=NOTHING) for what in COUNTS}
            found[code][one.what] = one
    return found
