"""Saying thanks at the end of an exchange: a few words, for the two of them unless one chooses to tell all."""

from aiohttp import web

from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.exchanges import agreements
from models.exchanges.exchanges import Exchange
from models.people import actors
from models.store.database import connection, transaction
from outbox.exchanges.agreements.thanks import ThanksNote, thank
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.exchanges.thread.thread_page import get_thread, show
from web.rendering.paths import exchange_path
from web.rendering.render import reader_language
from web.security.session import require_account

LIMIT = 2000


async def post_thanks(request: web.Request) -> web.Response:
    """POST /echanges/ID/merci."""
    account = require_account(request)
    form = await read_form(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        thread = await get_thread(conn, request)
    if await try_thank(request, form, thread, account.actor_id):
        raise redirect_with_message(exchange_path(thread.id), "thanked")
    return await show(request, form)


async def try_thank(request: web.Request, form: Form, thread: Exchange, actor_id: int) -> bool:
    """Thank for one side of this thread. False where the form says why not.

    Raises NotFound where the agreement is another thread's.
    """
    instance = request.app[INSTANCE]
    text = form.lines("thanks", limit=LIMIT, missing="Écrivez un mot de merci.")
    async with connection(instance.pool) as conn:
        held = await agreements.get(conn, read_id(form.typed("agreement")))
    if held.exchange_id != thread.id:
        raise NotFound
    said = ThanksNote(text=text, public=form.flag("public"), language=reader_language(request))
    if form.ok:
        try:
            async with transaction(instance.pool) as conn:
                await thank(conn, instance.site, await actors.get(conn, actor_id), held, said)
        except (Conflict, Forbidden, Invalid) as error:
            form.refuse("thanks" if isinstance(error, Invalid) else "", error)
    return form.ok
