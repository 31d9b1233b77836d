"""A member's own invitations, where the cooperative lets everybody invite a few."""

from dataclasses import replace

from aiohttp import web

from models import preferences
from models.errors import Conflict, NotFound
from models.people.accounts import Account
from models.people.invitations import invitations
from models.store.database import connection, transaction
from outbox.people.joining import invitations as outbox
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.people.invitations.invitation_form import read_invitation
from web.pages.people.invitations.poster import render_poster
from web.rendering.render import N_, render
from web.security.session import require_account

PAGE = "/compte/invitations"

SAID = {"revoked": N_("C’est arrêté : plus personne n’entre par cette invitation.")}


async def list_own(request: web.Request) -> web.Response:
    """GET /compte/invitations; NotFound where only the team invites and she never did."""
    me = require_account(request)
    return await _show(request, me, blank_form(request))


async def post_own(request: web.Request) -> web.Response:
    """POST /compte/invitations: a link out of what she may give away."""
    me = require_account(request)
    form = await read_form(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        left = await outbox.count_left(conn, me)
    if not chosen.member_invitations or me.authority:
        raise NotFound
    new = read_invitation(form, made_by=me.actor_id, team=False, most=max(left, 1))
    if not form.ok:
        return await _show(request, me, form, status=422)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            id = await outbox.invite(conn, me, replace(new, needs_yes=chosen.member_invitations_wait))
    except Conflict as conflict:
        form.refuse("places", conflict)
        return await _show(request, me, form, status=409)
    raise web.HTTPSeeOther(f"{PAGE}/{id}")


async def show_own(request: web.Request) -> web.Response:
    """GET /compte/invitations/{id}."""
    me = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await invitations.find(conn, read_id(request.match_info["id"]))
    if found is None or found.team or found.made_by != me.actor_id:
        raise NotFound
    return await render_poster(request, found, back=PAGE)


async def post_own_revoked(request: web.Request) -> web.Response:
    """POST /compte/invitations/{id}/arreter."""
    me = require_account(request)
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await outbox.revoke(conn, me, read_id(request.match_info["id"]))
    raise redirect_with_message(PAGE, "revoked")


async def _show(request: web.Request, me: Account, form: Form, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        left = await outbox.count_left(conn, me)
        links = [one for one in await invitations.list_links(conn, made_by=me.actor_id) if not one.team]
        came = await invitations.list_invited(conn, [one.id for one in links])
    if (not chosen.member_invitations or me.authority) and not links:
        raise NotFound
    return await render(
        request,
        "invitations/own.html",
        status=status,
        form=form,
        left=left,
        waits=chosen.member_invitations_wait,
        links=[(one, [who for who in came if who.invitation_id == one.id]) for one in links],
        said=find_flash_message(request, SAID),
    )
