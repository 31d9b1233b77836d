"""For the team: opening a shop, who decides which appear, and deciding where no collective does."""

from aiohttp import web

from models import preferences
from models.communities import communities
from models.errors import Conflict, Invalid
from models.moderation import journal
from models.people import accounts, actors
from models.people.accounts import Account
from models.repairs.shops import appearing as shown
from models.repairs.shops import requests
from models.repairs.shops.requests import REASON_LIMIT
from models.repairs.shops.shop_types import MOST_OWN_TYPES, OWN_TYPE_LIMIT, SHOP_TYPES
from models.store.database import Connection, connection, transaction
from outbox.repairs.shops import appearing, editing, people
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.paths import community_path
from web.rendering.render import N_, render
from web.security.session import require_right

HERE = "/coop/ateliers"

SAID = {
    "settings": N_("C’est enregistré."),
    "opened": N_("L’atelier est ouvert, et la personne qui le gère en est prévenue."),
    "approved": N_("C’est dit : l’atelier paraît, et ses gens en sont prévenus."),
    "refused": N_("C’est dit : les gens de l’atelier savent pourquoi."),
    "ended": N_("C’est dit : l’atelier ne paraît plus, et ses gens savent pourquoi."),
}

TYPES_LIMIT = 600
"""Characters of all the cooperative's own kinds together."""


async def show_shops(request: web.Request) -> web.Response:
    """GET /coop/ateliers."""
    require_right(request, "repair_shops")
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
    values = {"collective": chosen.repair_collective, "own_types": "\n".join(chosen.shop_types)}
    return await _show(request, blank_form(request, values))


async def post_settings(request: web.Request) -> web.Response:
    """POST /coop/ateliers: the collective that decides, and the cooperative's own kinds of shops."""
    me = require_right(request, "repair_shops")
    form = await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        asked = {"repair_collective": await _read_collective(conn, form), "shop_types": _read_types(form)}
        if form.ok and await preferences.write(conn, asked, by=me.actor_id):
            await _note(conn, me, what="settings")
    if not form.ok:
        return await _show(request, form, status=422)
    raise redirect_with_message(HERE, "settings")


async def post_opening(request: web.Request) -> web.Response:
    """POST /coop/ateliers/ouvrir: a place of ours becomes a shop, and somebody manages it."""
    me = require_right(request, "repair_shops")
    form = await read_form(request)
    instance = request.app[INSTANCE]
    username = form.text("username", limit=60, missing="Donnez le nom d’un lieu.").removeprefix("@")
    manager = form.text("member", limit=60).removeprefix("@")
    if form.ok:
        try:
            async with transaction(instance.pool) as conn:
                place = await accounts.find_by_username(conn, username)
                who = await accounts.find_by_username(conn, manager) if manager else None
                if place is None:
                    form.fail("username", "Aucun lieu n’a ce nom ici.")
                elif manager and who is None:
                    form.fail("member", "Aucun membre n’a ce nom ici.")
                else:
                    await _open(request, conn, me, place, who)
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal.field or "username", refusal)
    if not form.ok:
        return await _show(request, form, status=422)
    raise redirect_with_message(HERE, "opened")


async def _open(request: web.Request, conn: Connection, me: Account, place: Account, who: Account | None) -> None:
    site, actor = request.app[INSTANCE].site, await actors.get(conn, place.actor_id)
    await editing.open_shop(conn, site, actor)
    if who is not None:
        await people.give_role(conn, site, actor, who, "manager", by=me)
    await _note(conn, me, what="opened", about_id=actor.id)


async def post_decision(request: web.Request) -> web.Response:
    """POST /coop/ateliers/{id}: yes or no to a shop that asks, or the end of a yes."""
    me = require_right(request, "repair_shops")
    form = await read_form(request)
    instance, act = request.app[INSTANCE], form.choice("act", ("approved", "refused", "ended"), default="approved")
    id, reason = int(request.match_info["id"]), form.text("reason", limit=REASON_LIMIT)
    if form.ok:
        try:
            async with transaction(instance.pool) as conn:
                if act == "ended":
                    shop_id = await appearing.end(conn, instance.site, id, me, reason=reason)
                else:
                    shop_id = await appearing.decide(conn, instance.site, id, me, yes=act == "approved", reason=reason)
                await _note(conn, me, what=act, about_id=shop_id)
        except (Invalid, Conflict) as refusal:
            form.refuse(f"reason-{id}", refusal)
    if not form.ok:
        return await _show(request, form, status=422, about=id)
    raise redirect_with_message(HERE, act)


async def _note(conn: Connection, me: Account, *, what: str, about_id: int | None = None) -> None:
    await journal.record(conn, "repair_shop_changed", by=me, right="repair_shops", about_id=about_id, what=what)


async def _read_collective(conn: Connection, form: Form) -> str:
    chosen = form.text("collective", limit=500)
    if not chosen:
        return ""
    found = await communities.find_by_uri(conn, chosen)
    if found is None or found.hidden or found.ended_at is not None:
        form.fail("collective", "Choisissez une communauté qui vit, et que tout le monde peut lire.")
        return ""
    return found.uri


def _read_types(form: Form) -> tuple[str, ...]:
    typed = [" ".join(one.split()) for one in form.lines("own_types", limit=TYPES_LIMIT).split("\n")]
    own = tuple(dict.fromkeys(one for one in typed if one and one not in SHOP_TYPES))
    if len(own) > MOST_OWN_TYPES or any(len(one) > OWN_TYPE_LIMIT for one in own):
        form.fail(
            "own_types", "%(most)s genres au plus, de %(long)s signes chacun.", most=MOST_OWN_TYPES, long=OWN_TYPE_LIMIT
        )
    return own


async def _show(request: web.Request, form: Form, *, status: int = 200, about: int | None = None) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        collective = await appearing.find_collective(conn)
        known = [one for one in await communities.list_known(conn, None, limit=100) if not one.hidden]
        waiting = await requests.list_requests(conn, "asked") if collective is None else []
        approved = await requests.list_requests(conn, "approved") if collective is None else []
        listed = await shown.list_own(conn)
        names = await actors.map_by_ids(conn, [one.actor_id for one in listed])
    settings = (
        form
        if "own_types" in form.values
        else blank_form(request, {"collective": chosen.repair_collective, "own_types": "\n".join(chosen.shop_types)})
    )
    return await render(
        request,
        "repairs/shops/team.html",
        status=status,
        form=form,
        settings=settings,
        about=about,
        collective=collective,
        collective_href=community_path(collective) if collective else "",
        choices=[("", N_("Personne : l’équipe dit oui ou non")), *((one.uri, one.name) for one in known)],
        waiting=waiting,
        approved=approved,
        listed=[
            (names[one.actor_id].display_name, f"/ateliers/{names[one.actor_id].username}", one.since) for one in listed
        ],
        said=find_flash_message(request, SAID),
    )
