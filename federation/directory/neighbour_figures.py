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
from federation.uris import same_origin
from models.coop.figures import neighbours
from models.coop.figures.neighbours import NeighbourFigure, NeighbourFigures
from models.coop.figures.periods import read_period
from models.store.background import periodic_tasks
from models.store.database import transaction

AT_ONCE = 4
"""Neighbours that are asked side by side."""

MAX_BYTES = 1024 * 1024

MAX_FIGURES = 5_000
"""Lines: thirty years of months, quarters and years take less."""

MAX_PERIODS = 1_000

HIGHEST = 10**6
"""More than all the people of a territory do in ten years: nobody makes the sum of the network a nonsense."""

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
    """Ask those neighbours that it is time for; how many. One that fails keeps no other from being asked.

    A chore that may run twice.
    """
    async with transaction(instance.pool) as conn:
        due = await neighbours.claim_due(conn)
    places = asyncio.Semaphore(AT_ONCE)
    turns = (_refresh_in_turn(instance, host, places) for host in due)
    outcomes = await asyncio.gather(*turns, return_exceptions=True)
    for host, outcome in zip(due, outcomes, strict=True):
        if isinstance(outcome, Exception):
            cause, place = periodic_tasks.describe_cause(outcome), periodic_tasks.describe_place(outcome)
            log.error("figures_failed", host=host, cause=cause, exc_info=place)
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
            told = read_figures(read_json(answer), host) if same_origin(answer.url, address) else None
            problem = None if told else "unreadable"
    except FetchFailed as failed:
        log.info("figures_not_read", host=host, cause=str(failed))
        problem = "no_answer"
    async with transaction(instance.pool) as conn:
        if told is not None:
            await neighbours.save(conn, host, told)
        elif problem is not None:
            await neighbours.save_problem(conn, host, problem)


def read_figures(document: Json, host: str) -> NeighbourFigures | None:
    """The document of `host`, as far as we know what it says; None where it is no such document."""
    if document.get("format") != FORMAT:
        return None
    periods = dict.fromkeys(one for one in texts(document.get("periodes"), MAX_PERIODS) if read_period(one))
    lines = (_read_figure(one) for one in mappings(document.get("figures"), MAX_FIGURES))
    return NeighbourFigures(
        name=(text(document.get("cooperative")) or "").replace("\0", ""),
        url=_read_page(document, host),
        periods=list(periods),
        figures=[one for one in lines if one is not None and one.period in periods],
    )


def _read_page(document: Json, host: str) -> str:
    """Its page for people; nothing where it would lead elsewhere."""
    page = page_url(document.get("url")) or ""
    return page if urlsplit(page).netloc == host else ""


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
