"""A few cards for a new member: her number where all give one, where she lives, what she lends, how she is told."""

from dataclasses import dataclass

from aiohttp import web

from models.listings import listing_drafts
from models.listings.listing_drafts import KeptForm
from models.people import actors, phone_numbers
from models.people.accounts import Account
from models.people.arrivals import first_sessions
from models.people.arrivals.first_sessions import PASSED_OVER, CardName
from models.store.database import Connection, connection, transaction
from outbox.people.accounts import settle
from web.forms.commune_field import read_commune
from web.forms.form import Form, blank_form, read_form
from web.forms.phone_field import PHONE_MISSING, read_phone
from web.http.app_keys import INSTANCE
from web.rendering.render import render
from web.security.session import require_account


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSession:
    """The cards that are left, and the listing that she began while she waited."""

    cards: list[CardName]
    draft: KeptForm | None
    mail: bool


async def load_first_session(request: web.Request, conn: Connection, account: Account | None) -> FirstSession | None:
    """What a new member is shown first; None for everybody else, and once she has seen to it."""
    cards = await first_sessions.list_left(conn, account.actor_id) if account is not None else []
    if account is None or not cards:
        return None
    drafts = await listing_drafts.list_kept(conn, account.actor_id)
    mail = request.app[INSTANCE].settings.smtp_url is not None
    return FirstSession(cards=cards, draft=drafts[0] if drafts else None, mail=mail)


async def show_cards(request: web.Request) -> web.Response:
    """GET /bienvenue: the cards on a page of their own; the home page shows them too."""
    return await _show(request, require_account(request), blank_form(request))


async def post_card(request: web.Request) -> web.Response:
    """POST /bienvenue: do what a card says, pass it over, or see none any more that can be."""
    account = require_account(request)
    form = await read_form(request)
    act = form.choice("act", ("phone", "commune", "skip", "dismiss"), missing="Ce choix n’existe pas.")
    async with transaction(request.app[INSTANCE].pool) as conn:
        await _act(conn, form, account, act)
        if form.ok and not await first_sessions.list_left(conn, account.actor_id):
            await first_sessions.end(conn, account.actor_id)
    if not form.ok:
        return await _show(request, account, form, status=422)
    raise web.HTTPSeeOther("/")


async def _act(conn: Connection, form: Form, account: Account, act: str) -> None:
    match act:
        case "phone":
            phone = read_phone(form, missing=PHONE_MISSING)
            if form.ok:
                await phone_numbers.set_phone(conn, account.actor_id, phone)
        case "commune":
            commune = await read_commune(conn, form, missing="Donnez votre commune, ou son code postal.")
            if commune is not None:
                await settle(conn, await actors.get(conn, account.actor_id), commune)
        case "skip":
            card = form.choice("card", PASSED_OVER, missing="Ce choix n’existe pas.")
            if card:
                await first_sessions.skip(conn, account.actor_id, card)
        case "dismiss":
            await first_sessions.skip_all(conn, account.actor_id)


async def _show(request: web.Request, account: Account, form: Form, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        first = await load_first_session(request, conn, account)
    if first is None:
        raise web.HTTPSeeOther("/")
    return await render(request, "arrivals/first_session.html", status=status, form=form, first=first)
