"""A member proposes the cooperative to follow a territory, and takes it back; the team settles it on the same page."""

from aiohttp import web

from federation.discovery.hosts import read_host
from models.errors import Invalid, Refusal
from models.servers.territory_proposals import LONGEST
from models.store.database import transaction
from outbox.servers import territory_proposals as outbox
from web.forms.form import Form, read_form
from web.forms.throttle import may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.servers.network import render_network
from web.security.session import require_account

ADDRESS_LIMIT = 500


async def post_proposal(request: web.Request) -> web.Response:
    """POST /reseau/proposer: nothing is fetched, the team looks at it first."""
    account, form = require_account(request), await read_form(request)
    host, reason = (
        _read_host(request, form),
        form.text("reason", limit=LONGEST, missing="Dites pourquoi, en une phrase."),
    )
    if form.ok and not await may_try(request, "territory", account.username):
        refuse_try(form, "proposed", "territory")
    if form.ok:
        try:
            async with transaction(request.app[INSTANCE].pool) as conn:
                await outbox.propose(conn, account.actor_id, host, reason)
        except Refusal as refusal:
            form.refuse("proposed", refusal)
    if not form.ok:
        return await render_network(request, form)
    raise redirect_with_message("/reseau", "proposed")


async def post_take_back(request: web.Request) -> web.Response:
    """POST /reseau/proposer/retirer: hers that waits for this host."""
    account, form = require_account(request), await read_form(request)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await outbox.take_back(conn, account.actor_id, form.text("host", limit=ADDRESS_LIMIT))
    except Refusal as refusal:
        form.refuse("taken_back", refusal)
        return await render_network(request, form)
    raise redirect_with_message("/reseau", "taken_back")


def _read_host(request: web.Request, form: Form) -> str:
    """The host in what was typed: a name, a handle, or the address of a page."""
    typed = form.text("proposed", limit=ADDRESS_LIMIT, missing="Tapez l’adresse d’une coop.")
    if form.error("proposed"):
        return ""
    try:
        host = read_host(typed)
    except Invalid:
        form.fail("proposed", "Écrivez-la comme henin-carvin.example, ou collez l’adresse d’une de ses pages.")
        return ""
    if host == request.app[INSTANCE].site.host:
        form.fail("proposed", "C’est l’adresse de votre propre coop.")
    return host
