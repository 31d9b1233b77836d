"""The member deletes her account, two weeks later; and who left, for administrators."""

from functools import partial

from aiohttp import web

from models.errors import Conflict
from models.exchanges import agreements
from models.people import actors
from models.personal_data import account_erasure, deletion_notices
from models.store.database import connection, transaction
from outbox.people import account_deletion
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.caching import CLEAR_BROWSER
from web.mail.account_mails import queue_mail
from web.pages.access.reauthentication import find_proof, require_proof
from web.pages.components.flash_messages import redirect_with_message
from web.pages.traffic.failure_causes import explain_stop
from web.rendering.date_ranges import describe_moments
from web.rendering.i18n import LOCALES
from web.rendering.render import reader_language, render, say
from web.security.session import require_account, require_right

HERE = "/compte/supprimer"


async def show_account_deletion(request: web.Request) -> web.Response:
    """GET /compte/supprimer: what will happen, and what is still going on."""
    require_account(request)
    return await _show(request, blank_form(request))


async def post_account_deletion(request: web.Request) -> web.Response:
    """POST /compte/supprimer: from now on she has two weeks to change her mind.

    Her password shows that this is no screen left unlocked, or a log-in by a link in a mail just now.
    """
    account, form = require_account(request), await read_form(request)
    instance = request.app[INSTANCE]
    await require_proof(request, form, HERE)
    if not form.ok:
        return await _show(request, form, status=422)
    try:
        async with transaction(instance.pool) as conn:
            await account_deletion.ask(conn, instance.site, await actors.get(conn, account.actor_id))
            await queue_mail(conn, "leaving", account.actor_id, HERE)
    except Conflict:
        return await _show(request, form, status=409)
    answer = redirect_with_message("/compte", "leaving")
    answer.headers.update(CLEAR_BROWSER)
    raise answer


async def post_deletion_cancelled(request: web.Request) -> web.Response:
    """POST /compte/supprimer/rester: she changed her mind."""
    account, instance = require_account(request), request.app[INSTANCE]
    await read_form(request)
    async with transaction(instance.pool) as conn:
        await account_deletion.cancel_deletion(conn, instance.site, await actors.get(conn, account.actor_id))
    raise redirect_with_message("/compte", "stays")


async def list_departed(request: web.Request) -> web.Response:
    """GET /coop/departs: who left lately, and the servers that have not confirmed it."""
    require_right(request, "roles")
    async with connection(request.app[INSTANCE].pool) as conn:
        gone = await deletion_notices.list_deletion_notices(conn)
        unconfirmed = await deletion_notices.list_unconfirmed(conn, [one.actor_id for one in gone])
    return await render(
        request,
        "account/departed.html",
        departed=[(one, unconfirmed[one.actor_id]) for one in gone],
        days=deletion_notices.SHOWN_DAYS,
        explain_stop=partial(explain_stop, partial(say, request)),
    )


async def _show(request: web.Request, form: Form, status: int = 200) -> web.Response:
    account, speak = require_account(request), partial(say, request)
    language = LOCALES.get(reader_language(request), reader_language(request))
    async with connection(request.app[INSTANCE].pool) as conn:
        last_admin = await account_erasure.is_last_admin(conn, account.actor_id)
        pending = await agreements.list_pending(conn, account.actor_id)
    return await render(
        request,
        "account/leaving.html",
        status=status,
        form=form,
        proof=await find_proof(request),
        last_admin=last_admin,
        ongoing=pending,
        describe_span=lambda begins_at, ends_at: describe_moments(speak, begins_at, ends_at, language),
        days=account_deletion.GRACE.days,
    )
