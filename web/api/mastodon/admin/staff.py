"""What the views of moderation by an app share: who asks, and accounts as she sees them."""

from functools import partial

from aiohttp import web

from models.errors import NotFound
from models.moderation.searches import account_search
from models.people import actors
from models.people.actors import Actor
from models.people.roles import has_right
from models.store.database import Connection
from web.api.auth import staff
from web.api.entities.moderation import StaffContext, load_admin_accounts
from web.api.entities.values import Json, read_look
from web.rendering.render import say


def read_staff(request: web.Request) -> StaffContext:
    """Who of the team asks, and how she is spoken to."""
    return StaffContext(look=read_look(request), account=staff(request), say=partial(say, request))


async def get_moderated(conn: Connection, request: web.Request, id: int) -> Actor:
    """The person with this id, here or elsewhere. Raises NotFound; who welcomes members sees those of ours alone."""
    found = await actors.list_by_ids(conn, [id])
    actor = found[0] if found else None
    if actor is None or actor.deleted_at is not None or actor.guest:
        raise NotFound
    stand = (await account_search.map_moderated(conn, [id]))[id]
    if actor.local and stand.email is None:
        raise NotFound
    if not actor.local and not has_right(staff(request), "reports"):
        raise NotFound
    return actor


async def show_actor(conn: Connection, request: web.Request, actor: Actor) -> Json:
    """Somebody as Admin::Account."""
    return (await load_admin_accounts(conn, read_staff(request), [actor]))[actor.id]
