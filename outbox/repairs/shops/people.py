"""Who does what in a shop: managers say so, and whoever it is about is told."""

from models.errors import Conflict, Invalid
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.team import place_keepers
from models.repairs.shops import shops, staff
from models.repairs.shops.staff import MOST_STAFF, StaffRole
from models.settings import Site
from models.store.database import Connection
from outbox.builders.texts.repair_shops import write_to_shop
from outbox.threads.cooperative_messages import write_to_member


async def give_role(
    conn: Connection, site: Site, shop: Actor, member: Account, role: StaffRole, *, by: Account
) -> None:
    """She does this in the shop from now on. Raises Invalid for whoever cannot, Conflict with too many people."""
    if not await place_keepers.may_keep(conn, member):
        raise Invalid("shop_staff_invalid", field="member")
    await shops.lock(conn, shop.id)
    held = await staff.find_member(conn, shop.id, member.username)
    if held is not None and held.role == "manager" and role != "manager":
        await _require_another_manager(conn, shop, member)
    if await staff.save(conn, shop.id, member.actor_id, role):
        page = f"{site.url}/ateliers/{shop.username}" + ("/gerer" if role == "manager" else "")
        await _tell(conn, site, member, write_to_shop("given", shop.display_name, page=page, role=role), by=by)
    elif held is None:
        raise Conflict("shop_staff_too_many", field="member", most=MOST_STAFF)


async def take_role(conn: Connection, site: Site, shop: Actor, member: Account, *, by: Account) -> None:
    """She does nothing there any more. Raises Conflict for the last manager, unless an administrator says so."""
    await shops.lock(conn, shop.id)
    held = await staff.find_member(conn, shop.id, member.username)
    if held is None:
        return
    if held.role == "manager" and "admin" not in by.roles:
        await _require_another_manager(conn, shop, member)
    await staff.remove(conn, shop.id, member.actor_id)
    await _tell(conn, site, member, write_to_shop("taken", shop.display_name), by=by)


async def _require_another_manager(conn: Connection, shop: Actor, member: Account) -> None:
    others = [one for one in await staff.list_staff(conn, shop.id) if one.role == "manager"]
    if [one.actor_id for one in others] == [member.actor_id]:
        raise Conflict("shop_last_manager", field="member")


async def _tell(conn: Connection, site: Site, member: Account, words: dict[str, str], *, by: Account) -> None:
    if by.actor_id != member.actor_id:
        await write_to_member(conn, site, await actors.get(conn, member.actor_id), words)
