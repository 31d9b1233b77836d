"""Whoever waits to be let in: what happens now, the talk with the team, her drafts, and how to ask no more."""

from aiohttp import web

from models.errors import Conflict, NotFound
from models.listings import listing_drafts
from models.news import staff_notifications
from models.people import actors, roles
from models.people.accounts import Account
from models.people.arrivals import sign_up_messages, waiting_accounts
from models.people.arrivals.sign_up_messages import WORDS_LIMIT
from models.store.database import connection, transaction
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.caching import CLEAR_BROWSER
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, render
from web.security.session import close_session, require_login

PAGE = "/compte/attente"

SAID = {
    "asked": N_("Votre demande est partie."),
    "written": N_("Votre message est parti : l’équipe est prévenue."),
    "kept": N_("Votre brouillon est gardé. Il n’y a que vous qui le voyez."),
    "kept_both": N_(
        "Votre brouillon est gardé. Il a aussi été changé ailleurs : l’autre version est gardée à part, ci-dessous."
    ),
    "forgotten": N_("Le brouillon est effacé."),
}

MOST_NAMED = 6
"""People of the team who are named."""


def require_applicant(request: web.Request) -> Account:
    """Who waits to be let in; members are led home, anybody else to the log-in page."""
    account = require_login(request)
    if account.standing != "waiting":
        raise web.HTTPSeeOther("/")
    return account


async def show_waiting(request: web.Request) -> web.Response:
    """GET /compte/attente."""
    return await _show(request, require_applicant(request), blank_form(request))


async def post_message(request: web.Request) -> web.Response:
    """POST /compte/attente: a word to the team."""
    account = require_applicant(request)
    form = await read_form(request)
    words = form.lines("words", limit=WORDS_LIMIT, missing="Écrivez votre message.")
    if not form.ok:
        return await _show(request, account, form, status=422)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            asked = await waiting_accounts.find_request(conn, account.actor_id)
            if asked is None:
                raise NotFound
            await sign_up_messages.write(conn, asked.id, account.actor_id, words, role=None)
            await staff_notifications.notify_of_sign_up_message(conn, asked.id)
    except Conflict as full:
        form.refuse("words", full)
        return await _show(request, account, form, status=422)
    raise redirect_with_message(PAGE, "written")


async def post_withdrawal(request: web.Request) -> web.Response:
    """POST /compte/attente/retirer: she asks no more, and everything of hers is erased at once."""
    account = require_applicant(request)
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await waiting_accounts.erase(conn, [account.actor_id])
        await close_session(request, conn)
    answer = await render(request, "arrivals/withdrawn.html")
    answer.headers.update(CLEAR_BROWSER)
    return answer


async def _show(request: web.Request, account: Account, form: Form, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        asked = await waiting_accounts.find_request(conn, account.actor_id)
        if asked is None:  # answered this very moment
            raise web.HTTPSeeOther("/")
        messages = await sign_up_messages.list_of(conn, asked.id)
        drafts = await listing_drafts.list_kept(conn, account.actor_id)
        team = await actors.list_by_ids(conn, await roles.list_holders(conn, "sign_ups"))
    return await render(
        request,
        "arrivals/waiting.html",
        status=status,
        form=form,
        asked=asked,
        messages=messages,
        drafts=drafts,
        team=[one.display_name for one in team[:MOST_NAMED]],
        limit=WORDS_LIMIT,
        kept_days=waiting_accounts.KEPT_DAYS,
        mail=request.app[INSTANCE].settings.smtp_url is not None,
        said=find_flash_message(request, SAID),
    )
