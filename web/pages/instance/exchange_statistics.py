"""What the cooperative exchanged, as a spreadsheet for its figures: no name and no word of anybody."""

from functools import partial

from aiohttp import web

from models.exchanges.agreements import State
from models.exchanges.agreements.register import Registered, list_registered
from models.listings import categories
from models.listings.listings import ListingKind, ListingMode
from models.moments import PARIS
from web.rendering.feeds.spreadsheets import Cell, Table, send_spreadsheet
from web.rendering.render import N_, reader_language, say
from web.security.session import require_right

COLUMNS = (
    N_("Demandé le"),
    N_("Genre"),
    N_("Façon"),
    N_("Catégorie"),
    N_("Commune"),
    N_("État"),
    N_("Durée en heures"),
    N_("Avec"),
)

KINDS: dict[ListingKind, str] = {"offer": N_("Offre"), "request": N_("Demande"), "repair_call": N_("Panne de vélo")}

MODES: dict[ListingMode, str] = {
    "loan": N_("Prêt"),
    "gift": N_("Don"),
    "swap": N_("Échange"),
    "sale": N_("Vente"),
    "service": N_("Service"),
    "repair": N_("Réparation"),
    "other": N_("Autre"),
}

STATES: dict[State, str] = {
    "requested": N_("Demandé"),
    "countered": N_("Contre-proposé"),
    "agreed": N_("D’accord"),
    "done": N_("Fait"),
    "refused": N_("Refusé"),
    "withdrawn": N_("Retiré"),
    "cancelled": N_("Annulé"),
    "expired": N_("Sans nouvelles"),
}


async def show_register(request: web.Request) -> web.StreamResponse:
    """GET /coop/echanges.csv: one line for each agreement with somebody of ours, the oldest first."""
    require_right(request, "figures")
    table = Table(
        heads=[say(request, one) for one in COLUMNS],
        read=lambda conn, last, limit: list_registered(conn, after=last, limit=limit),
        write=partial(_write, request),
    )
    return await send_spreadsheet(request, "echanges.csv", table)


def _write(request: web.Request, one: Registered) -> list[Cell]:
    category = categories.find(one.category) if one.category else None
    return [
        one.asked_at.astimezone(PARIS).date(),
        say(request, KINDS[one.kind]),
        say(request, MODES[one.mode]),
        category.label(reader_language(request)) if category else "",
        one.commune,
        say(request, STATES[one.state]),
        _count_hours(one),
        one.elsewhere or say(request, "ici"),
    ]


def _count_hours(one: Registered) -> int | None:
    """Whole hours: a day is 24 of them, but for the two on which the clocks change."""
    if one.begins_at is None or one.ends_at is None:
        return None
    return round((one.ends_at - one.begins_at).total_seconds() / 3600)
