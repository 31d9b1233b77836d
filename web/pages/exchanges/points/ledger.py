"""All points of the cooperative, for administrators: totals, each member, corrections with a reason, a spreadsheet."""

from functools import partial

from aiohttp import web

from models.errors import Invalid, NotFound
from models.exchanges import points
from models.exchanges.points import REASON_LIMIT, LedgerEntry, TooFew
from models.people import accounts
from models.people.accounts import Account
from models.store.database import Connection, connection, transaction
from web.forms.form import Form, blank_form, read_form, read_query
from web.forms.points_field import read_number
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.exchanges.points.balance import list_page, require_kept
from web.rendering.feeds.spreadsheets import Cell, Table, send_spreadsheet
from web.rendering.render import N_, render, say
from web.security.session import require_right

MEMBERS = 50

ACTS = ("give", "take_back")

SAID = {"corrected": N_("C’est inscrit, avec votre raison. La personne la voit sur sa page.")}

KINDS = {
    "joining": N_("Arrivée"),
    "monthly": N_("Mois"),
    "deposit": N_("Objet proposé"),
    "taken_back": N_("Objet retiré"),
    "exchange": N_("Échange entre membres"),
    "correction": N_("Correction"),
    "departure": N_("Départ"),
}

COLUMNS = (N_("Date"), N_("Nature"), N_("De"), N_("À"), N_("Nombre"), N_("Raison"), N_("Inscrit par"))


async def show_ledger(request: web.Request) -> web.Response:
    """GET /coop/points?q=&page=."""
    require_right(request, "points")
    query = read_query(request)
    search, page = query.text("q", limit=100), query.text("page", limit=5)
    number = max(int(page), 1) if page.isascii() and page.isdecimal() else 1
    async with connection(request.app[INSTANCE].pool) as conn:
        await require_kept(conn)
        totals = await points.find_totals(conn)
        found = await points.list_members(conn, search=search, limit=MEMBERS + 1, offset=(number - 1) * MEMBERS)
    return await render(
        request,
        "points/ledger.html",
        totals=totals,
        members=found[:MEMBERS],
        search=search,
        page=number,
        more=len(found) > MEMBERS,
    )


async def show_member(request: web.Request) -> web.Response:
    """GET /coop/points/{username}?avant=."""
    require_right(request, "points")
    return await _show(request, blank_form(request))


async def post_correction(request: web.Request) -> web.Response:
    """POST /coop/points/{username}: another movement, never a change of one."""
    admin = require_right(request, "points")
    form = await read_form(request)
    act = form.choice("act", ACTS, missing="Dites si vous donnez ou si vous reprenez.")
    amount = read_number(form, "number", least=1) or 0
    reason = form.text("reason", limit=REASON_LIMIT, missing="Dites pourquoi, en une phrase.")
    async with transaction(request.app[INSTANCE].pool) as conn:
        member = await _get_member(conn, request)
        await require_kept(conn)
        if form.ok:
            try:
                await points.correct(
                    conn,
                    member_id=member.actor_id,
                    amount=amount if act == "give" else -amount,
                    reason=reason,
                    by_id=admin.actor_id,
                )
            except TooFew:
                form.fail("number", "Ce compte n’en a pas autant qui ne soit déjà promis.")
            except Invalid as error:
                form.refuse("reason", error)
    if not form.ok:
        return await _show(request, form, status=422)
    raise redirect_with_message(f"/coop/points/{member.username}", "corrected")


async def show_spreadsheet(request: web.Request) -> web.StreamResponse:
    """GET /coop/points.csv: every movement, the oldest first, sent as it is read."""
    require_right(request, "points")
    pool = request.app[INSTANCE].pool
    async with connection(pool) as conn:
        await require_kept(conn)
    table = Table(
        heads=[say(request, one) for one in COLUMNS],
        read=lambda conn, last, limit: points.list_entries(conn, after=last, limit=limit),
        write=partial(_write_entry, request),
    )
    return await send_spreadsheet(request, "points.csv", table)


def _write_entry(request: web.Request, entry: LedgerEntry) -> list[Cell]:
    coop = say(request, "la coop")
    return [
        entry.created_at,
        say(request, KINDS[entry.kind]),
        entry.giver or coop,
        entry.taker or coop,
        entry.amount,
        entry.reason,
        entry.by_username,
    ]


async def _get_member(conn: Connection, request: web.Request) -> Account:
    member = await accounts.find_by_username(conn, request.match_info["username"])
    if member is None or member.confirmed_at is None:
        raise NotFound
    return member


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        await require_kept(conn)
        member = await _get_member(conn, request)
        means = await points.find_means(conn, member.actor_id)
        movements, last = await list_page(conn, request, member.actor_id)
    return await render(
        request,
        "points/member.html",
        status=status,
        member=member,
        means=means,
        movements=movements,
        last=last,
        form=form,
        said=find_flash_message(request, SAID),
    )
