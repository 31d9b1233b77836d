"""What the neighbours publish of themselves, beside ours, and what all of it makes together."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from models.coop.figures import neighbours
from models.coop.figures.cells import COUNTS, Shown, load_figures
from models.coop.figures.deciding import WHOLE
from models.coop.figures.neighbours import FigureNeighbour
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.pages.instance.figures.asked import load_chosen, read_asked
from web.pages.instance.figures.words import LICENCES, MEASURES, name_period
from web.rendering.render import N_, reader_language, render, say

STATES: Mapping[str, str] = {
    "not_published": N_("ne publie pas ses chiffres"),
    "no_answer": N_("ne répond pas ; nous réessayons demain"),
    "unreadable": N_("répond ce que nous ne savons pas lire ; nous réessayons demain"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourLine:
    """A neighbour with its figures of the period, where it has any, and how it is with it."""

    neighbour: FigureNeighbour
    figures: Mapping[str, Shown] | None
    state: str


async def show_network(request: web.Request) -> web.Response:
    """GET /chiffres/reseau: `periode`, as /chiffres has it."""
    speak, language = partial(say, request), reader_language(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await load_chosen(conn, request)
        asked, there = await read_asked(conn, request)
        if asked.period is not None:
            own = await load_figures(conn, asked.period, WHOLE)
            known = await neighbours.list_neighbours(conn)
            by_host = await neighbours.map_figures(conn, asked.period)
    options = {"periode": [(one.code, name_period(speak, language, one)) for one in there.periods]}
    if asked.period is None:
        nothing: dict[str, list[tuple[str, str]]] = {"lieu": [], "genre": [], "mode": []}
        return await render(
            request, "figures/none.html", status=404, asked=asked, there=there, options=options | nothing
        )
    lines = [_make_line(request, one, by_host.get(one.host)) for one in known]
    told = [line.figures for line in lines if line.figures is not None]
    return await render(
        request,
        "figures/network.html",
        asked=asked,
        options=options,
        period=name_period(speak, language, asked.period),
        measures=[(what, speak(MEASURES[what])) for what in COUNTS],
        own=own,
        lines=lines,
        told=len(told) + 1,
        total=neighbours.add_up([own, *told]),
        chosen=chosen,
        licence=LICENCES[chosen.figures_licence],
    )


def _make_line(request: web.Request, one: FigureNeighbour, figures: Mapping[str, Shown] | None) -> NeighbourLine:
    state = ""
    if one.problem is not None:
        state = say(request, STATES[one.problem])
    elif one.told_at is None:
        state = say(request, N_("pas encore demandé"))
    elif figures is None:
        state = say(request, N_("n’a pas de chiffres pour cette période"))
    return NeighbourLine(neighbour=one, figures=figures, state=state)
