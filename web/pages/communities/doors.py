"""Who asks to come into a community, and who is invited."""

from collections.abc import Sequence

from aiohttp import web

from federation.discovery.remote import resolve_handle
from federation.errors import FetchFailed, ResolveFailed
from models.communities import members, memberships
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, connection, transaction
from outbox.communities import approvals, invitations
from outbox.communities.limits import REASON_LIMIT
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id, read_id
from web.pages.communities.visit import Visit, find_visit
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, render
from web.security.session import require_account

ADDRESS_LIMIT = 500

PAGE = 100
"""People at the door, and invited people, whom the page shows; who asked first stands first."""

SAID = {
    "let_in": N_("C’est fait : cette personne est membre, et le sait."),
    "voice": N_("Votre voix est comptée."),
    "sent": N_("C’est demandé à la plateforme de la communauté, qui décidera."),
    "refused": N_("C’est fait : cette personne sait pourquoi."),
    "invited": N_("L’invitation est partie."),
}


async def show_doors(request: web.Request) -> web.Response:
    """GET /communautes/NAME/entrees."""
    return await _show(request, blank_form(request))


async def post_decision(request: web.Request) -> web.Response:
    """POST /communautes/NAME/entrees: let somebody in who asks, or not."""
    require_account(request)
    form = await read_form(request)
    act = form.choice("act", ("approve", "refuse"), missing="Choisissez oui ou non.")
    reason = form.lines("reason", limit=REASON_LIMIT)
    if act == "refuse" and not reason:
        form.fail("reason", "Dites pourquoi, en quelques mots : la personne les lira.")
    if not form.ok:
        return await _show(request, form)
    instance, done = request.app[INSTANCE], "refused"
    try:
        async with transaction(instance.pool) as conn:
            visit, me = await _get_deciding(conn, request)
            person = await get_person(conn, visit, form.typed("person"))
            if act == "approve":
                saved = await approvals.approve(conn, instance.site, me, visit.community, person)
                done = "let_in" if saved.state == "member" else "voice"
            else:
                await approvals.refuse(conn, instance.site, me, visit.community, person, reason)
            done = done if visit.community.local else "sent"
    except (Conflict, Invalid, Forbidden) as error:
        form.refuse("", error)
        return await _show(request, form)
    raise redirect_with_message(f"{visit.path}/entrees", done)


async def post_invitation(request: web.Request) -> web.Response:
    """POST /communautes/NAME/inviter: a member here by her name, anybody else by her address."""
    require_account(request)
    form = await read_form(request)
    typed = form.text("address", limit=ADDRESS_LIMIT, missing="Tapez un nom de membre, ou une adresse.")
    instance = request.app[INSTANCE]
    person = await _find_invited(request, form, typed) if typed and form.ok else None
    if person is not None:
        try:
            async with transaction(instance.pool) as conn:
                visit, me = await _get_deciding(conn, request)
                saved = await invitations.invite(conn, instance.site, me, visit.community, person)
        except (Conflict, Invalid, Forbidden) as error:
            form.refuse("address", error)
    if not form.ok:
        return await _show(request, form)
    raise redirect_with_message(f"{visit.path}/entrees", "let_in" if saved.state == "member" else "invited")


async def _find_invited(request: web.Request, form: Form, typed: str) -> Actor | None:
    instance, name = request.app[INSTANCE], typed.removeprefix("@")
    username, _, host = name.partition("@")
    if "." not in name or host == instance.site.host:
        async with connection(instance.pool) as conn:
            found = await actors.find_published(conn, username)
        if found is None or found.gone:
            form.fail("address", "Aucun membre n’a ce nom ici.")
        return found
    try:
        return await resolve_handle(instance, typed)
    except (ResolveFailed, FetchFailed, NotFound, Invalid):
        form.fail("address", "Nous n’avons trouvé personne à cette adresse. Exemple : @prenom@henin-carvin.example")
    return None


async def get_person(conn: Connection, visit: Visit, typed: str) -> Actor:
    """Somebody who is or was in touch with this community. Raises NotFound for all others."""
    id = read_id(typed)
    if await memberships.find(conn, visit.community.actor_id, id) is None:
        raise NotFound
    return await actors.get(conn, id)


async def _get_deciding(conn: Connection, request: web.Request) -> tuple[Visit, Actor]:
    visit = await find_visit(conn, request)
    if visit.reader is None or not (visit.decides or visit.manages):
        raise NotFound
    return visit, visit.reader


async def _show(request: web.Request, form: Form) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        visit, me = await _get_deciding(conn, request)
        id = visit.community.actor_id
        asking: Sequence[members.Member] = await members.list_members(conn, id, "asked", limit=PAGE)
        invited = await members.list_members(conn, id, "invited", limit=PAGE) if visit.manages else []
        voiced = await members.list_voiced(conn, id, me.id)
    return await render(
        request,
        "communities/doors.html",
        status=200 if form.ok else 422,
        form=form,
        visit=visit,
        asking=asking,
        voiced=voiced,
        invited=invited,
        refused=find_id(form.typed("person")) if form.typed("act") == "refuse" else None,
        limits={"reason": REASON_LIMIT, "address": ADDRESS_LIMIT},
        said=find_flash_message(request, SAID),
    )
