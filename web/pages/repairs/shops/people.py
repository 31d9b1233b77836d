"""Who manages a shop, works or helps there: its managers say so, and each says whether she is named on its page."""

from aiohttp import web

from models.errors import Conflict, Invalid, NotFound
from models.people import accounts
from models.repairs.shops import staff
from models.repairs.shops.staff import STAFF_ROLES
from models.store.database import connection, transaction
from outbox.repairs.shops import people
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.repairs.shops.editing import show
from web.security.acting_shop import ActingShop, find_shop


async def post_people(request: web.Request) -> web.Response:
    """POST /ateliers/{place}/gerer/equipe: somebody comes, does something else, or goes."""
    acting = await find_shop(request)
    form = await read_form(request)
    instance, act = request.app[INSTANCE], form.choice("act", ("role", "taken"), default="role")
    username = form.text("member", limit=60, missing="Donnez le nom d’un membre.").removeprefix("@")
    role = form.choice("role", STAFF_ROLES, default="volunteer")
    if form.ok:
        try:
            async with transaction(instance.pool) as conn:
                member = await accounts.find_by_username(conn, username)
                if member is None:
                    form.fail("member", "Aucun membre n’a ce nom ici.")
                elif act == "taken":
                    await people.take_role(conn, instance.site, acting.actor, member, by=acting.by)
                else:
                    await people.give_role(conn, instance.site, acting.actor, member, role, by=acting.by)
        except (Invalid, Conflict) as refusal:
            form.refuse("member", refusal)
    if not form.ok:
        return await show(request, acting, form, status=422)
    raise redirect_with_message(await _find_home(request, acting), act, part="equipe")


async def _find_home(request: web.Request, acting: ActingShop) -> str:
    """The back office, unless she left it by what she changed."""
    async with connection(request.app[INSTANCE].pool) as conn:
        role = await staff.find_role(conn, acting.actor.id, acting.by)
    return acting.home if role == "manager" else f"/ateliers/{acting.actor.username}"


async def post_shown(request: web.Request) -> web.Response:
    """POST /ateliers/{place}/moi: named on the page of the shop, or not; each for herself."""
    acting = await find_shop(request, manages=False)
    form = await read_form(request)
    shown = form.flag("shown")
    async with transaction(request.app[INSTANCE].pool) as conn:
        if not await staff.save_shown(conn, acting.actor.id, acting.by.actor_id, shown):
            raise NotFound  # who administers, or logs in as the shop, is none of its people
    raise redirect_with_message(f"/ateliers/{acting.actor.username}", "shown" if shown else "unshown", part="equipe")
