"""What one of the two does with an agreement, by one button: yes, no, taken back, cancelled, reported as done."""

from datetime import UTC, datetime

from aiohttp import web

from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements, exchanges
from models.exchanges.exchanges import Exchange
from models.people import actors
from models.store.database import connection, transaction
from outbox.exchanges import act_names, acts
from outbox.threads.agreement_context import Said
from outbox.traffic import resend
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.exchanges.thread.reserve_place import try_place
from web.pages.exchanges.thread.thread_page import get_thread, show
from web.rendering.paths import exchange_path
from web.rendering.render import N_, say
from web.security.session import require_account

REASON_LIMIT = 1900
"""With what became of it, less than what an act takes."""

DONE: dict[act_names.Name, str] = {
    "accept": "yes",
    "ask_again": "asked_again",
    "refuse": "no",
    "withdraw": "no",
    "cancel": "no",
    "out": "done",
    "back": "done",
    "done": "done",
    "unreport": "taken_back",
}
"""What the page says after each act; the button bears the act's own name."""


OUTCOMES = {
    "pas-fait": N_("Ça ne s’est pas fait."),
    "autre": N_("Finalement, c’est avec quelqu’un d’autre."),
    "retire": N_("Je me retire."),
}
"""How an agreement ended that did not come to pass: the first words of the reason that both read."""


async def post_act(request: web.Request) -> web.Response:
    """POST /echanges/ID/accord: what is not possible any more comes back as a sentence above the thread."""
    account = require_account(request)
    form = await read_form(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        thread = await get_thread(conn, request)
    done = await try_act(request, form, thread, account.actor_id)
    if done:
        raise redirect_with_message(exchange_path(thread.id), done)
    return await show(request, form)


async def try_act(request: web.Request, form: Form, thread: Exchange, actor_id: int) -> str:
    """Do what the button says for one side of this thread; the word of what the page says then.

    Nothing where it is not possible: the form says why. Raises NotFound where the agreement is another thread's.
    """
    name = form.choice("act", tuple(DONE), missing="Choisissez ce qu’il faut faire.")
    reason = _read_reason(request, form)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        held = await agreements.get(conn, read_id(form.typed("agreement")))
    if held.exchange_id != thread.id:
        raise NotFound
    if not form.ok or not name:
        return ""
    said = Said(text=reason, offer_uri=form.typed("offer") or None)
    try:
        async with transaction(instance.pool) as conn:
            await acts.perform(conn, instance.site, await actors.get(conn, actor_id), held, name, said)
    except (Conflict, Invalid) as error:
        form.refuse("points" if error.field == "points" else "", error)
        return ""
    return DONE[name]


async def post_place(request: web.Request) -> web.Response:
    """POST /echanges/ID/liste: stay on the list of what somebody else has, or leave it."""
    account = require_account(request)
    form = await read_form(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        thread = await get_thread(conn, request)
        me = await actors.get(conn, account.actor_id)
    if thread.partner_id != me.id:
        raise NotFound
    done = await try_place(request, form, me, thread)
    if done:
        raise redirect_with_message(exchange_path(thread.id), done)
    return await show(request, form)


def _read_reason(request: web.Request, form: Form) -> str:
    """What became of it, if one says so, and the words that go with it."""
    outcome = form.choice("outcome", tuple(OUTCOMES))
    words = [say(request, OUTCOMES[outcome]) if outcome else "", form.lines("reason", limit=REASON_LIMIT)]
    return "\n".join(one for one in words if one)


async def post_again(request: web.Request) -> web.Response:
    """POST /echanges/ID/renvoyer: an act that did not arrive is sent again."""
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        thread = await get_thread(conn, request)
        found = await exchanges.list_events(conn, [read_id(form.typed("event"))])
        if not found or found[0].exchange_id != thread.id or found[0].actor_id not in (account.actor_id, None):
            raise NotFound
        sent = found[0].details.get("activity")
        if isinstance(sent, str):
            await resend.send_act(conn, sent, at=datetime.now(UTC))
    raise web.HTTPSeeOther(exchange_path(thread.id))
