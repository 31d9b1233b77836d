"""What opens for a member who is suspended: why, until when, how to object, her data, and the way out of exchanges."""

from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from models.errors import NotFound
from models.exchanges import agreements
from models.moderation import decisions
from models.people import actors
from models.store.database import connection, transaction
from outbox.moderation.partners import leave
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.access.unsaved_form import UnsavedForm, read_unsaved_form
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.date_ranges import describe_moments
from web.rendering.i18n import LOCALES
from web.rendering.render import N_, reader_language, render, say
from web.security.session import require_account
from web.security.standing import HOMES

HERE = HOMES["suspended"]

SAID = {"left": N_("C’est annulé, et l’autre personne le sait.")}


async def show_suspension(request: web.Request) -> web.Response:
    """GET /compte/suspension. Whoever is not suspended is led to her settings."""
    if require_account(request).standing != "suspended":
        raise web.HTTPSeeOther("/compte")
    return await _show(request)


async def answer_form(request: web.Request) -> web.Response:
    """A form that stood open, or came from an old page: nothing is done, and what she typed is there to be copied."""
    standing = require_account(request).standing
    if standing != "suspended":
        raise web.HTTPSeeOther(HOMES[standing])
    return await _show(request, await read_unsaved_form(request), status=403)


async def post_leave(request: web.Request) -> web.Response:
    """POST /compte/suspension/echanges/ID: end what was asked for or settled. Raises NotFound for others'."""
    account, instance = require_account(request), request.app[INSTANCE]
    await read_form(request)
    async with transaction(instance.pool) as conn:
        pending = await agreements.list_pending(conn, account.actor_id)
        wanted = next((one for one in pending if one.id == read_id(request.match_info["id"])), None)
        if wanted is None or not _may_leave(wanted):
            raise NotFound
        await leave(conn, instance.site, await actors.get(conn, account.actor_id), wanted)
    raise redirect_with_message(HERE, "left")


def _may_leave(pending: agreements.Pending) -> bool:
    """Not once it began: what is lent is to be given back."""
    return pending.state != "agreed" or pending.begins_at is None or pending.begins_at > datetime.now(UTC)


async def _show(request: web.Request, typed: UnsavedForm | None = None, status: int = 200) -> web.Response:
    account, speak = require_account(request), partial(say, request)
    async with connection(request.app[INSTANCE].pool) as conn:
        ruling = await decisions.list_in_force(conn, account.actor_id, ("suspend", "exclude"))
        pending = await agreements.list_pending(conn, account.actor_id)
    ends = [one.ends_at for one in ruling]
    language = LOCALES.get(reader_language(request), reader_language(request))
    return await render(
        request,
        "account/suspension.html",
        status=status,
        ruling=ruling,
        excluded=any(one.kind == "exclude" for one in ruling),
        until=max(end for end in ends if end is not None) if ends and None not in ends else None,
        ongoing=[(one, _may_leave(one)) for one in pending],
        appeal_days=decisions.APPEAL_TIME.days,
        typed=typed,
        describe_span=lambda begins_at, ends_at: describe_moments(speak, begins_at, ends_at, language),
        said=find_flash_message(request, SAID),
    )
