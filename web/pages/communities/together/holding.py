"""For who manages a community: which cooperatives hold it, asking one more, moving it; opening it here."""

from aiohttp import web

from federation.discovery.fetches import fetch_actor
from federation.discovery.remote import resolve_handle
from federation.errors import FetchFailed, ResolveFailed
from federation.own_keys.key_pairs import make_key_pairs
from models.communities import communities, holders
from models.communities.communities import Community
from models.communities.holders import Holder
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.people import actors
from models.people.actors import Actor
from models.store.database import connection, transaction
from outbox.communities.together.holding import ask_to_hold, stop_holding
from outbox.communities.together.moving import is_home_gone, move, open_anew
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.communities.visit import get_managed
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.people.registration_form import read_username
from web.rendering.paths import community_path
from web.rendering.render import N_, render
from web.security.session import require_account

ADDRESS_LIMIT = 500

ACTS = ("ask", "stop", "move", "open")

SAID = {
    "ask": N_("C’est demandé : l’équipe de cette coop répondra, et vous le saurez."),
    "stop": N_("C’est fait : cette coop ne porte plus la communauté, et en est prévenue."),
}


async def show_holding(request: web.Request) -> web.Response:
    """GET /communautes/NAME/ensemble."""
    return await _show(request, blank_form(request))


async def post_holding(request: web.Request) -> web.Response:
    """POST /communautes/NAME/ensemble: one of ACTS."""
    require_account(request)
    form = await read_form(request)
    act = form.choice("act", ACTS, missing="Choisissez ce que vous voulez faire.")
    async with connection(request.app[INSTANCE].pool) as conn:
        await get_managed(conn, request)
    if form.ok and act == "open":
        return await _open(request, form)
    found = await _find_typed(request, form, act)
    if form.ok:
        try:
            path = await _act(request, form, found)
        except (Conflict, Invalid, Forbidden) as error:
            form.refuse(error.field if error.field in ("cooperative", "target") else "", error)
    if not form.ok:
        return await _show(request, form)
    if act == "move":
        raise web.HTTPSeeOther(path)
    raise redirect_with_message(f"{path}/ensemble", act)


async def _find_typed(request: web.Request, form: Form, act: str) -> Actor | None:
    """Uses the network. What cannot be found stands in the form."""
    if act not in ("ask", "move"):
        return None
    field = "cooperative" if act == "ask" else "target"
    typed = form.text(field, limit=ADDRESS_LIMIT, missing="Tapez une adresse.")
    if not typed:
        return None
    instance = request.app[INSTANCE]
    try:
        actor = await resolve_handle(instance, typed)
        return await fetch_actor(instance, actor.uri, fresh=True) if act == "move" else actor
    except (ResolveFailed, FetchFailed, NotFound, Invalid):
        form.fail(field, "Nous n’avons rien trouvé à cette adresse. Exemple : @coop@henin-carvin.example")
    return None


async def _act(request: web.Request, form: Form, found: Actor | None) -> str:
    """Do it; the page of the community."""
    site = request.app[INSTANCE].site
    async with transaction(request.app[INSTANCE].pool) as conn:
        visit, me = await get_managed(conn, request, here=True)
        if form.typed("act") == "stop":
            cooperative = await actors.get(conn, read_id(form.typed("holder")))
            await stop_holding(conn, site, me, visit.community, cooperative)
        elif found is not None and form.typed("act") == "ask":
            await ask_to_hold(conn, site, me, visit.community, found)
        elif found is not None:
            await move(conn, site, me, visit.community, found)
        return visit.path


async def _open(request: web.Request, form: Form) -> web.Response:
    """From its copy, by who manages it there."""
    username, instance = read_username(form), request.app[INSTANCE]
    key_pairs = await make_key_pairs(instance.settings)
    if form.ok:
        try:
            async with transaction(instance.pool) as conn:
                visit, me = await get_managed(conn, request)
                made = await open_anew(conn, instance.site, me, visit.community, username, key_pairs)
        except (Conflict, Invalid, Forbidden) as error:
            form.refuse(error.field if error.field == "username" else "", error)
    if not form.ok:
        return await _show(request, form)
    raise redirect_with_message(community_path(made), "reopened")


async def _show(request: web.Request, form: Form) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        visit, _ = await get_managed(conn, request)
        asked: list[Holder] = await holders.list_of(conn, visit.community.actor_id)
        opened: Community | None = None
        if not visit.community.local:
            id = await holders.find_opened_anew(conn, visit.community.uri)
            opened = await communities.find(conn, id) if id is not None else None
        gone = not visit.community.local and await is_home_gone(conn, visit.community)
    return await render(
        request,
        "communities/together.html",
        status=200 if form.ok else 422,
        form=form,
        visit=visit,
        holders=[one for one in asked if one.state != "ended"],
        held_here=any(one.local and one.state == "held" for one in asked),
        opened=opened,
        opened_path=community_path(opened) if opened else "",
        gone=gone,
        address_limit=ADDRESS_LIMIT,
        said=find_flash_message(request, SAID),
    )
