"""The member comes from another server, or leaves for one: aliases, and the move itself."""

from functools import partial

from aiohttp import web

from federation.discovery.remote import resolve_handle
from federation.errors import FetchFailed, ResolveFailed, Step
from models.errors import Conflict, Invalid, Refusal
from models.people import actors
from models.people.actors import Actor
from models.store.database import connection, transaction
from outbox.people import account_moves
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.access.reauthentication import find_proof, require_proof
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.people import find_moved_to
from web.pages.traffic.failure_causes import explain
from web.rendering.render import render, say
from web.security.session import require_account

LIMIT = 300


async def show_moving(request: web.Request) -> web.Response:
    """GET /compte/demenagement."""
    require_account(request)
    return await _show(request, blank_form(request))


async def post_alias(request: web.Request) -> web.Response:
    """POST /compte/demenagement/ancien: this account elsewhere is mine too, or no longer is."""
    account, form = require_account(request), await read_form(request)
    instance, gone = request.app[INSTANCE], form.typed("remove")
    if gone:
        async with transaction(instance.pool) as conn:
            await account_moves.remove_alias(conn, instance.site, await actors.get(conn, account.actor_id), gone)
        raise web.HTTPSeeOther("/compte/demenagement")
    written = form.text("alias", limit=LIMIT, missing="Donnez l’adresse de votre ancien compte.")
    if form.ok:
        try:
            other = await resolve_handle(instance, written)
            async with transaction(instance.pool) as conn:
                await account_moves.add_alias(conn, instance.site, await actors.get(conn, account.actor_id), other)
            raise web.HTTPSeeOther("/compte/demenagement")
        except (ResolveFailed, Invalid) as error:
            _fail(request, form, "alias", error)
    return await _show(request, form, status=422)


async def post_move(request: web.Request) -> web.Response:
    """POST /compte/demenagement: leave for another account, which already says that it is this one too."""
    account, form = require_account(request), await read_form(request)
    instance = request.app[INSTANCE]
    written = form.text("target", limit=LIMIT, missing="Donnez l’adresse de votre nouveau compte.")
    await require_proof(request, form, "/compte/demenagement")
    if form.ok:
        async with connection(instance.pool) as conn:
            me = await actors.get(conn, account.actor_id)
        try:
            target = await account_moves.find_target(instance, me, written)
            async with transaction(instance.pool) as conn:
                await account_moves.move(conn, instance.site, me, target)
            raise redirect_with_message("/compte", "moved")
        except (ResolveFailed, FetchFailed, Invalid, Conflict) as error:
            _fail(request, form, "target", error)
    return await _show(request, form, status=422)


async def post_return(request: web.Request) -> web.Response:
    """POST /compte/demenagement/retour: use this account again."""
    account, instance = require_account(request), request.app[INSTANCE]
    await read_form(request)
    async with transaction(instance.pool) as conn:
        await account_moves.undo_move(conn, instance.site, await actors.get(conn, account.actor_id))
    raise redirect_with_message("/compte", "back")


def _fail(request: web.Request, form: Form, field: str, error: ResolveFailed | FetchFailed | Refusal) -> None:
    """What went wrong, at the field that it is about."""
    if isinstance(error, FetchFailed):
        error = ResolveFailed(Step.ACTOR, error.host, error.cause)
    if isinstance(error, ResolveFailed):
        form.errors.setdefault(field, explain(partial(say, request), error))
    else:
        form.refuse(field, error)


async def _show(request: web.Request, form: Form, status: int = 200) -> web.Response:
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        me = await actors.get(conn, account.actor_id)
        moved = await find_moved_to(conn, me)
        known = {one.uri: one for one in await actors.list_by_uris(conn, me.also_known_as)}
    return await render(
        request,
        "account/moving.html",
        status=status,
        form=form,
        me=me,
        moved=moved,
        aliases=[(uri, _name(uri, known.get(uri))) for uri in me.also_known_as],
        proof=await find_proof(request),
    )


def _name(uri: str, actor: Actor | None) -> str:
    return f"@{actor.handle}" if actor else uri
