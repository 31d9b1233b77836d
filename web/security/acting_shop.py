"""In which repair shop somebody does something: her own, whether or not she is one of the cooperative's team."""

from dataclasses import dataclass

from aiohttp import web

from models.errors import NotFound
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.repairs.shops import shops, staff
from models.repairs.shops.shops import RepairShop
from models.repairs.shops.staff import StaffRole
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.security.session import require_account


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingShop:
    """The shop's actor and what it says, who is logged in, and what she does there; `home` is its back office."""

    actor: Actor
    shop: RepairShop
    by: Account
    role: StaffRole
    home: str


async def find_shop(request: web.Request, *, manages: bool = True) -> ActingShop:
    """The shop of ours that the address names, for who `manages` it, or does anything there.

    Raises NotFound for another's shop as for one that does not exist, and for one that is suspended.
    """
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        actor = await actors.find_local(conn, request.match_info["place"])
        shop = await shops.find(conn, actor.id) if actor is not None and not actor.gone else None
        role = await staff.find_role(conn, actor.id, account) if actor is not None and shop is not None else None
    if actor is None or shop is None or role is None or (manages and role != "manager"):
        raise NotFound
    return ActingShop(actor=actor, shop=shop, by=account, role=role, home=f"/ateliers/{actor.username}/gerer")
