"""What one of the two does with an agreement, by one button: yes, no, taken back, cancelled, reported as done."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from aiohttp import web

from models import actors, agreements, exchanges
from models.actors import Actor
from models.agreements import Agreement, Step
from models.database import Connection, connection, transaction
from models.errors import Conflict, Invalid, NotFound
from models.exchanges import Exchange
from models.settings import Site
from outbox import again, endings, explanations, fulfilment
from outbox.agreements import accept
from outbox.cases import Said
from web.forms import Form, read_form
from web.keys import INSTANCE
from web.pages.exchanges.thread import get_thread, show
from web.pages.ids import read_id
from web.pages.notices import lead_on
from web.paths import exchange_path
from web.render import N_, say
from web.session import require_account

REASON_LIMIT = 1900
"""With what became of it, less than what an act takes."""

Act = Callable[[Connection, Site, Actor, Agreement, Said], Awaitable[Agreement]]


def _report(step: Step) -> Act:
    async def act(conn: Connection, site: Site, actor: Actor, agreement: Agreement, said: Said) -> Agreement:
        return await fulfilment.report(conn, site, actor, agreement, step, said)

    return act


async def _ask_again(conn: Connection, site: Site, actor: Actor, agreement: Agreement, _: Said) -> Agreement:
    return await explanations.ask_again(conn, site, actor, agreement)


ACTS: dict[str, tuple[Act, str]] = {
    "accepter": (accept, "oui"),
    "redemander": (_ask_again, "redemande"),
    "refuser": (endings.refuse, "non"),
    "retirer": (endings.withdraw, "non"),
    "annuler": (endings.cancel, "non"),
    "remis": (_report("out"), "fait"),
    "rendu": (_report("back"), "fait"),
    "fait": (_report("done"), "fait"),
}
"""The word on the button, what it does, and what the page says then."""


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
        raise lead_on(exchange_path(thread.id), done)
    return await show(request, form)


async def try_act(request: web.Request, form: Form, thread: Exchange, actor_id: int) -> str:
    """Do what the button says for one side of this thread; the word of what the page says then.

    Nothing where it is not possible: the form says why. Raises NotFound where the agreement is another thread's.
    """
    word = form.choice("geste", tuple(ACTS), missing="Choisissez ce qu’il faut faire.")
    reason = _read_reason(request, form)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        held = await agreements.get(conn, read_id(form.typed("accord")))
    if held.exchange_id != thread.id:
        raise NotFound
    if not form.ok or not word:
        return ""
    act, done = ACTS[word]
    said = Said(text=reason, offer_uri=(form.typed("offre") or None) if word == "accepter" else None)
    try:
        async with transaction(instance.pool) as conn:
            await act(conn, instance.site, await actors.get(conn, actor_id), held, said)
    except (Conflict, Invalid) as error:
        if await _is_so(request, held.id, word, said):
            return done
        form.fail("points" if getattr(error, "field", None) == "points" else "", str(error))
        return ""
    return done


def _read_reason(request: web.Request, form: Form) -> str:
    """What became of it, if one says so, and the words that go with it."""
    outcome = form.choice("issue", tuple(OUTCOMES))
    words = [say(request, OUTCOMES[outcome]) if outcome else "", form.lines("raison", limit=REASON_LIMIT)]
    return "\n".join(one for one in words if one)


SO = {"accepter": "agreed", "refuser": "refused", "retirer": "withdrawn", "annuler": "cancelled"}
"""How things stand once a button was pressed: a second tap on it, or one in another window, changes nothing."""


async def _is_so(request: web.Request, id: int, word: str, said: Said) -> bool:
    """Whether what the button says was done before."""
    async with connection(request.app[INSTANCE].pool) as conn:
        held = await agreements.get(conn, id)
    if said.offer_uri not in (None, held.offer_uri):
        return False
    return held.state == SO.get(word) or (word == "accepter" and held.accepted_uri is not None)


async def post_again(request: web.Request) -> web.Response:
    """POST /echanges/ID/renvoyer: an act that did not arrive is sent again."""
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        thread = await get_thread(conn, request)
        found = await exchanges.list_events(conn, [read_id(form.typed("ligne"))])
        if not found or found[0].exchange_id != thread.id or found[0].actor_id not in (account.actor_id, None):
            raise NotFound
        sent = found[0].details.get("activity")
        if isinstance(sent, str):
            await again.send_act(conn, sent, at=datetime.now(UTC))
    raise web.HTTPSeeOther(exchange_path(thread.id))
