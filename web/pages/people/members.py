"""The members, for those who welcome or administer: who they are, a new one, their roles, links to hand over."""

from functools import partial

from aiohttp import web

from federation.own_keys.key_pairs import make_key_pairs
from models.access import second_factors
from models.access.one_time_links import Purpose
from models.errors import Conflict, Invalid, NotFound
from models.moderation import deciders, decisions, journal
from models.moderation.decisions import DecisionKind, ModerationDecision
from models.people import accounts
from models.people.accounts import ROLES, Account
from models.people.documents import acceptances
from models.people.invitations import entries
from models.people.roles import has_right
from models.people.team import place_keepers
from models.store.database import Connection, connection, transaction
from outbox.people.accounts import NewMember, register
from web.actions import team
from web.actions.sign_up import NAME_LIMIT
from web.forms.form import Form, blank_form, read_form, read_query
from web.http.app_keys import INSTANCE
from web.mail.account_mails import reset_factors
from web.pages.access.login import has_mail
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.people.registration_form import fail_taken, read_username
from web.rendering.render import N_, render, say
from web.rendering.role_words import ROLE_NAMES, describe_role
from web.security.one_time_links import make_member_link
from web.security.session import require_right

PAGE = 50

SAID = {
    "roles": N_("C’est fait. La personne en est prévenue par un message de la coop."),
    "authority": N_("C’est fait. Ce compte en est prévenu par un message de la coop."),
}

KINDS = ("personne", "lieu", "collectivite")

PURPOSES: tuple[Purpose, ...] = ("password", "login")


SHOWN: tuple[DecisionKind, ...] = ("limit", "suspend", "exclude")
"""What of moderation stands beside a member's name."""


async def list_members(request: web.Request) -> web.Response:
    """GET /coop/membres?q=&page=."""
    require_right(request, "members")
    query = read_query(request)
    search, page = query.text("q", limit=100), _read_page(query)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await accounts.list_accounts(conn, search=search, limit=PAGE + 1, offset=(page - 1) * PAGE)
    return await render(
        request, "account/members.html", members=found[:PAGE], search=search, page=page, more=len(found) > PAGE
    )


async def show_member(request: web.Request) -> web.Response:
    """GET /coop/membres/{username}."""
    require_right(request, "members")
    return await _show(request, await _get_member(request), blank_form(request))


async def post_link(request: web.Request) -> web.Response:
    """POST /coop/membres/{username}/lien: the link is shown in the answer, this once."""
    me = require_right(request, "members")
    form = await read_form(request)
    member = await _get_member(request)
    purpose = form.choice("purpose", PURPOSES, default="password")
    async with transaction(request.app[INSTANCE].pool) as conn:
        member = await _get_helped(conn, me, member)
        link = await make_member_link(conn, request.app[INSTANCE].site, member.actor_id, purpose, by=me)
    return await _show(request, member, form, link=link)


async def post_role(request: web.Request) -> web.Response:
    """POST /coop/membres/{username}/role."""
    me = require_right(request, "roles")
    form = await read_form(request)
    member = await _get_member(request)
    chosen = form.many("roles", ROLES)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            changed = await team.change_roles(conn, request.app[INSTANCE].site, member, chosen, by=me)
    except Conflict as conflict:
        form.refuse("roles", conflict)
        return await _show(request, member, form, status=409)
    if me.actor_id == member.actor_id:
        raise web.HTTPSeeOther("/compte")  # what she gave up opens no more
    path = f"/coop/membres/{member.username}"
    raise redirect_with_message(path, "roles") if changed else web.HTTPSeeOther(path)


async def post_authority(request: web.Request) -> web.Response:
    """POST /coop/membres/{username}/collectivite: whether this account is that of a local authority."""
    me = require_right(request, "roles")
    form = await read_form(request)
    member = await _get_member(request)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            changed = await team.change_authority(
                conn, request.app[INSTANCE].site, member, authority=form.flag("authority"), by=me
            )
    except (Conflict, Invalid) as refusal:
        form.refuse("authority", refusal)
        return await _show(request, member, form, status=409)
    path = f"/coop/membres/{member.username}"
    raise redirect_with_message(path, "authority") if changed else web.HTTPSeeOther(path)


async def post_factor_reset(request: web.Request) -> web.Response:
    """POST /coop/membres/{username}/verification: the password alone lets in again; the member is told by mail."""
    me = require_right(request, "members")
    form = await read_form(request)
    member = await _get_member(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        member = await _get_helped(conn, me, member)
        await reset_factors(conn, member.actor_id, by=me)
    return await _show(request, member, form)


async def show_new_member(request: web.Request) -> web.Response:
    """GET /coop/membres/nouveau."""
    require_right(request, "roles")
    return await render(request, "account/new_member.html", form=blank_form(request))


async def post_new_member(request: web.Request) -> web.Response:
    """POST /coop/membres/nouveau: an account without a password, and the link with which its owner chooses one."""
    admin = require_right(request, "roles")
    form = await read_form(request)
    kind = form.choice("kind", KINDS, default="personne")
    name = form.text("name", limit=NAME_LIMIT, missing="Donnez son nom.")
    username = read_username(form)
    email = form.email("email", missing="Donnez son courriel.")
    if form.ok:
        try:
            who: NewMember = {
                "username": username,
                "email": email,
                "password_hash": None,
                "roles": (),
                "language": admin.language,
                "name": name,
                "place": kind != "personne",
                "by": admin.actor_id,
            }
            member, link = await _create(request, who, admin, authority=kind == "collectivite")
            return await _show(request, member, form, link=link)
        except Conflict as conflict:
            fail_taken(form, conflict)
    return await render(request, "account/new_member.html", status=422, form=form)


async def _create(request: web.Request, who: NewMember, by: Account, *, authority: bool) -> tuple[Account, str]:
    instance = request.app[INSTANCE]
    key_pairs = await make_key_pairs(instance.settings)
    async with transaction(instance.pool) as conn:
        actor = await register(conn, instance.site, key_pairs=key_pairs, **who)
        member = await accounts.get(conn, actor.id)
        await journal.record(conn, "member_created", by=by, right="roles", about_id=member.actor_id)
        if authority:
            await team.change_authority(conn, instance.site, member, authority=True, by=by)
        return await accounts.get(conn, actor.id), await make_member_link(conn, instance.site, actor.id, by=by)


async def _get_helped(conn: Connection, me: Account, member: Account) -> Account:
    """The member as she is now, whom nobody gives a role meanwhile. Raises NotFound where it is not hers to help."""
    await accounts.lock_account(conn, member.actor_id)
    member = await accounts.get(conn, member.actor_id)
    if not team.may_help_to_enter(me, member):
        raise NotFound
    return member


async def _get_member(request: web.Request) -> Account:
    async with connection(request.app[INSTANCE].pool) as conn:
        member = await accounts.find_by_username(conn, request.match_info["username"])
    if member is None:
        raise NotFound
    return member


def _read_page(query: Form) -> int:
    page = query.text("page", limit=5)
    return max(int(page), 1) if page.isdecimal() else 1


async def _show(
    request: web.Request, member: Account, form: Form, *, status: int = 200, link: str = ""
) -> web.Response:
    me = require_right(request, "members")
    async with connection(request.app[INSTANCE].pool) as conn:
        factors = await second_factors.find(conn, member.actor_id)
        place = await place_keepers.is_place(conn, member.actor_id)
        inviter = await entries.find_inviter(conn, member.actor_id)
        accepted = await acceptances.list_acceptances(conn, member.actor_id)
        ruling = await _list_ruling(conn, me, member)
    speak = partial(say, request)
    return await render(
        request,
        "account/member.html",
        status=status,
        member=member,
        mail=has_mail(request),
        form=form,
        link=link,
        helps=team.may_help_to_enter(me, member),
        place=place,
        role_words={role: (speak(ROLE_NAMES[role]), describe_role(speak, role)) for role in ROLES},
        factors=factors,
        said=find_flash_message(request, SAID),
        inviter=inviter,
        accepted=accepted,
        ruling=ruling,
    )


async def _list_ruling(conn: Connection, me: Account, member: Account) -> list[ModerationDecision]:
    """What holds about her, for those who moderate; nobody sees a case that concerns herself."""
    if not has_right(me, "reports") or await deciders.is_concerned(conn, me.actor_id, member.actor_id):
        return []
    return await decisions.list_in_force(conn, member.actor_id, SHOWN)
