"""The form of a community: founded by a member, changed by who manages it."""

from dataclasses import replace

from aiohttp import web

from federation.own_keys.key_pairs import make_key_pairs
from federation.texts.html_cleaner import to_text
from models import preferences
from models.communities import decisions, memberships
from models.communities.communities import ACCESSES, CommunitySettings
from models.errors import Conflict, Forbidden, Invalid
from models.moderation import journal
from models.people import actors
from models.people.accounts import Account
from models.people.roles import has_right
from models.store.database import Connection, connection, transaction
from outbox.communities import founding
from outbox.communities.founding import CommunityDraft
from outbox.communities.limits import (
    CHARTER_LIMIT,
    DESCRIPTION_LIMIT,
    MOST_APPROVALS,
    NAME_LIMIT,
    require_no_authority,
)
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.communities.together.parent_field import LIMIT as PARENT_LIMIT
from web.pages.communities.together.parent_field import read_parent, write_parent
from web.pages.communities.visit import Visit, get_managed
from web.pages.components.flash_messages import redirect_with_message
from web.pages.people.registration_form import fail_taken, read_username
from web.rendering.paths import community_path
from web.rendering.render import render
from web.security.session import require_account

LIMITS = {"name": NAME_LIMIT, "description": DESCRIPTION_LIMIT, "charter": CHARTER_LIMIT, "parent": PARENT_LIMIT}


async def show_founding(request: web.Request) -> web.Response:
    """GET /communautes/nouvelle-communaute."""
    me = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        await _require_founder(conn, me)
    return await _show(request, blank_form(request, {"access": "on_request"}))


async def post_founding(request: web.Request) -> web.Response:
    """POST /communautes/nouvelle-communaute: the team sees who founded what."""
    me, instance = require_account(request), request.app[INSTANCE]
    form = await read_form(request)
    async with connection(instance.pool) as conn:
        await _require_founder(conn, me)
    draft, parent_uri = _read_draft(form), await read_parent(request, form, None)
    draft = replace(
        draft,
        settings=replace(draft.settings, parent_uri=parent_uri),
        username=read_username(form),
        charter=form.lines("charter", limit=CHARTER_LIMIT, missing="Écrivez une charte, même courte."),
    )
    if not form.ok:
        return await _show(request, form)
    key_pairs = await make_key_pairs(instance.settings)
    try:
        async with transaction(instance.pool) as conn:
            founder = await actors.get(conn, me.actor_id)
            made = await founding.create(conn, instance.site, founder, draft, key_pairs)
            await journal.record(conn, "community_founded", by=me, right="communities", about_id=made.actor_id)
    except Conflict as conflict:
        if conflict.field == "username":
            fail_taken(form, conflict)
        form.refuse(conflict.field or "", conflict)
    except (Invalid, Forbidden) as error:
        form.refuse(error.field or "", error)
    if not form.ok:
        return await _show(request, form)
    raise redirect_with_message(community_path(made), "founded")


async def _require_founder(conn: Connection, me: Account) -> None:
    """Raise Forbidden for members where the team alone founds communities, and for a local authority."""
    await require_no_authority(conn, await actors.get(conn, me.actor_id))
    if not (await preferences.load(conn)).member_communities and not has_right(me, "communities"):
        raise Forbidden("communities_by_team")


async def show_settings(request: web.Request) -> web.Response:
    """GET /communautes/NAME/reglages."""
    async with connection(request.app[INSTANCE].pool) as conn:
        visit, _ = await get_managed(conn, request, here=True)
        parent = await write_parent(conn, visit.community)
    one = visit.community
    values = {
        "name": one.name,
        "description": to_text(one.summary),
        "access": one.access,
        "hidden": "1" if one.hidden else "",
        "members_shown": "1" if one.members_shown else "",
        "approvals_needed": str(one.approvals_needed),
        "parent": parent,
    }
    return await _show(request, blank_form(request, values), visit)


async def post_settings(request: web.Request) -> web.Response:
    """POST /communautes/NAME/reglages: told to all who know it."""
    require_account(request)
    form = await read_form(request)
    instance, draft = request.app[INSTANCE], _read_draft(form)
    async with connection(instance.pool) as conn:
        visit, me = await get_managed(conn, request, here=True)
    parent_uri = await read_parent(request, form, visit.community)
    if form.ok:
        kept = replace(draft.settings, parent_uri=parent_uri, held_with=tuple(visit.community.held_with))
        try:
            async with transaction(instance.pool) as conn:
                await _require_seen(conn, form, visit)
                await founding.edit(conn, instance.site, me, visit.community, replace(draft, settings=kept))
        except (Conflict, Invalid, Forbidden) as error:
            form.refuse(error.field or "", error)
    if not form.ok:
        return await _show(request, form, visit)
    raise redirect_with_message(visit.path, "changed")


async def _require_seen(conn: Connection, form: Form, visit: Visit) -> None:
    """Raise Conflict where another manager changed something since this form was opened."""
    await memberships.lock(conn, visit.community.actor_id)
    if form.typed("edited") != str(await decisions.find_last_edit(conn, visit.community.actor_id)):
        raise Conflict("community_edited_meanwhile")


def _read_draft(form: Form) -> CommunityDraft:
    return CommunityDraft(
        name=form.text("name", limit=NAME_LIMIT, missing="Donnez un nom à la communauté."),
        description=form.lines("description", limit=DESCRIPTION_LIMIT, missing="Dites en une phrase ce qu’elle fait."),
        settings=CommunitySettings(
            access=form.choice("access", ACCESSES, default="on_request"),
            hidden=form.flag("hidden"),
            members_shown=form.flag("members_shown"),
            approvals_needed=_read_voices(form),
        ),
    )


def _read_voices(form: Form) -> int:
    typed = form.text("approvals_needed", limit=20) or "0"
    if not (typed.isascii() and typed.isdecimal()) or int(typed) > MOST_APPROVALS:
        form.fail("approvals_needed", "Écrivez un nombre, de 0 à %(most)s.", most=MOST_APPROVALS)
        return 0
    return int(typed)


async def _show(request: web.Request, form: Form, visit: Visit | None = None) -> web.Response:
    edited = 0
    if visit is not None:
        async with connection(request.app[INSTANCE].pool) as conn:
            edited = await decisions.find_last_edit(conn, visit.community.actor_id)
    return await render(
        request,
        "communities/form.html",
        status=200 if form.ok else 422,
        edited=edited,
        form=form,
        visit=visit,
        accesses=ACCESSES,
        limits=LIMITS,
    )
