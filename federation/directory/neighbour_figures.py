"""What neighbour cooperatives publish of themselves in figures: asked for once a day, and read with bounds."""

import asyncio
from decimal import Decimal
from urllib.parse import urlsplit

import structlog

from federation.discovery.nodeinfo import fetch_server
from federation.discovery.well_known import read_json
from federation.errors import FetchFailed
from federation.instance import Instance
from federation.json.fields import Json, mappings, page_url, text, texts, whole
from models.coop.figures import neighbours
from models.coop.figures.neighbours import NeighbourFigure, NeighbourFigures
from models.coop.figures.periods import read_period
from models.store.database import transaction

AT_ONCE = 4
"""Neighbours that are asked side by side."""

MAX_BYTES = 1024 * 1024

MAX_FIGURES = 5_000
"""Lines: thirty years of months, quarters and years take less."""

MAX_PERIODS = 1_000

HIGHEST = 10**9

FORMAT = "declic-figures-1"

WHAT = {
    "membres": "members",
    "annonces": "listings",
    "echanges_conclus": "agreed",
    "echanges_faits": "done",
    "objets": "objects",
    "heures": "hours",
}
"""What their figures are called on the wire, and here."""

DIVIDED = ("insee", "siren", "genre", "mode", "avec")
"""A line that has any of these is of a part of a cooperative, and not added up."""

log = structlog.get_logger(__name__)


async def refresh_due(instance: Instance) -> int:
    """Ask those neighbours that it is time for; how many. A chore that may run twice."""
    async with transaction(instance.pool) as conn:
        due = await neighbours.claim_due(conn)
    places = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(_refresh_in_turn(instance, host, places) for host in due))
    return len(due)


async def _refresh_in_turn(instance: Instance, host: str, places: asyncio.Semaphore) -> None:
    async with places:
        await refresh(instance, host)


async def refresh(instance: Instance, host: str) -> None:
    """Ask one, and keep what it tells, or why it told nothing."""
    problem: neighbours.Problem | None = None
    told: NeighbourFigures | None = None
    try:
        address = (await fetch_server(instance, host)).figures
        if address is None or urlsplit(address).netloc != host:
            problem = "not_published"
        else:
            answer = await instance.transport.get_document(address, accept="application/json", limit=MAX_BYTES)
            told = read_figures(read_json(answer))
            problem = None if told else "unreadable"
    except FetchFailed as failed:
        log.info("figures_not_read", host=host, cause=str(failed))
        problem = "no_answer"
    async with transaction(instance.pool) as conn:
        if told is not None:
            await neighbours.save(conn, host, told)
        elif problem is not None:
            await neighbours.save_problem(conn, host, problem)


def read_figures(document: Json) -> NeighbourFigures | None:
    """The document, as far as we know what it says; None where it is no such document."""
    if document.get("format") != FORMAT:
        return None
    periods = [one for one in texts(document.get("periodes"), MAX_PERIODS) if read_period(one)]
    lines = (_read_figure(one) for one in mappings(document.get("figures"), MAX_FIGURES))
    return NeighbourFigures(
        name=text(document.get("cooperative")) or "",
        url=page_url(document.get("url")) or "",
        periods=periods,
        figures=[one for one in lines if one is not None and one.period in periods],
    )


def _read_figure(line: Json) -> NeighbourFigure | None:
    what, amount = WHAT.get(text(line.get("mesure")) or ""), whole(line.get("valeur"), 0, HIGHEST)
    if what is None or any(line.get(name) for name in DIVIDED):
        return None
    if amount is None and line.get("valeur") is not None:
        return None
    return NeighbourFigure(
        period=text(line.get("periode")) or "",
        what=what,
        amount=None if amount is None else Decimal(amount),
        partial=line.get("etat") == "au_moins",
    )
