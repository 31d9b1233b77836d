"""The members of a community: who agreed to be shown, and for who leads it all of them."""

from aiohttp import web

from models.communities import members, memberships
from models.communities.memberships import ROLES, Membership
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, connection, transaction
from outbox.communities import roles
from outbox.communities.leaving import remove
from outbox.communities.limits import REASON_LIMIT
from web.forms.date_field import read_day
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.communities.doors import get_person
from web.pages.communities.visit import Visit, end_of, find_visit
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, render
from web.security.session import require_account

PAGE = 50

NAME_LIMIT = 300
"""Characters of a name with its host."""

ACTS = ("role", "remove", "until", "step_down")

SAID = {
    "role": N_("C’est fait : cette personne a ce rôle, et en est prévenue."),
    "remove": N_("C’est fait : cette personne n’est plus membre, et sait pourquoi."),
    "until": N_("C’est noté."),
    "step_down": N_("Vous ne gérez plus cette communauté. Merci."),
    "sent": N_("C’est demandé à la plateforme de la communauté, qui décidera."),
}


async def show_members(request: web.Request) -> web.Response:
    """GET /communautes/NAME/membres?apres=."""
    return await _show(request, blank_form(request))


async def post_member(request: web.Request) -> web.Response:
    """POST /communautes/NAME/membres: one of ACTS about one member; a refusal comes back with what was typed."""
    require_account(request)
    form = await read_form(request)
    act = form.choice("act", ACTS, missing="Choisissez ce que vous voulez faire.")
    if act == "remove":
        form.lines("reason", limit=REASON_LIMIT, missing="Dites pourquoi, en quelques mots : la personne les lira.")
    if not form.ok:
        return await _show(request, form)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            visit = await find_visit(conn, request)
            if visit.reader is None or not visit.leads:
                raise NotFound
            held = await _act(conn, request, form, visit, visit.reader)
    except (Conflict, Invalid, Forbidden) as error:
        form.refuse("successor" if error.field == "successor" else "", error)
    if not form.ok:
        return await _show(request, form)
    raise redirect_with_message(f"{visit.path}/membres", "sent" if held is not None and held.awaited else act)


async def _act(conn: Connection, request: web.Request, form: Form, visit: Visit, me: Actor) -> Membership | None:
    site, community = request.app[INSTANCE].site, visit.community
    if form.typed("act") == "step_down":
        successor = await _find_successor(conn, form, visit)
        return await roles.step_down(conn, site, me, community, successor)
    person = await get_person(conn, visit, form.typed("person"))
    if form.typed("act") == "remove":
        return await remove(conn, site, me, community, person, form.typed("reason"))
    if form.typed("act") == "role":
        role = form.choice("role", ROLES, default="member")
        return await roles.set_role(conn, site, me, community, person, role)
    await _save_end(conn, form, visit, person)
    return None


async def _find_successor(conn: Connection, form: Form, visit: Visit) -> Actor | None:
    """Who manages after her: chosen from a short list, or by her name where the list is long."""
    typed = form.text("successor", limit=NAME_LIMIT).removeprefix("@")
    if not typed:
        return await get_person(conn, visit, form.typed("person")) if form.typed("person") else None
    username, _, host = typed.partition("@")
    found = await members.find_named(conn, visit.community.actor_id, username, host.lower())
    if found is None:
        raise Invalid("no_such_member", field="successor")
    return await actors.get(conn, found)


async def _save_end(conn: Connection, form: Form, visit: Visit, person: Actor) -> None:
    """Until when somebody is a member; her time ends with that day. The home alone keeps it."""
    held = await memberships.find(conn, visit.community.actor_id, person.id)
    if not visit.manages or not visit.community.local or held is None:
        raise Forbidden("managers_only")
    if held.manages:
        raise Forbidden("manager_not_removed")
    day = read_day(form, "until")
    if form.ok:
        await memberships.save_end(conn, held.id, end_of(day) if day else None)


async def _show(request: web.Request, form: Form) -> web.Response:
    after = find_id(request.query.get("apres", ""))
    async with connection(request.app[INSTANCE].pool) as conn:
        visit = await find_visit(conn, request)
        if not (visit.member or visit.community.members_shown):
            raise NotFound
        id = visit.community.actor_id
        if visit.leads:
            found = await members.list_members(conn, id, "member", after=after, limit=PAGE + 1)
        else:
            found = await members.list_shown(conn, id, after=after, limit=PAGE + 1)
        only_manager = visit.manages and len(await members.list_manager_ids(conn, id)) == 1
    return await render(
        request,
        "communities/members.html",
        status=200 if form.ok else 422,
        form=form,
        visit=visit,
        people=found[:PAGE],
        more=found[PAGE - 1].membership_id if len(found) > PAGE else None,
        only_manager=only_manager,
        few=after is None and len(found) <= PAGE,
        name_limit=NAME_LIMIT,
        roles=ROLES,
        about=find_id(form.typed("person")) if not form.ok else None,
        reason_limit=REASON_LIMIT,
        said=find_flash_message(request, SAID),
    )
