"""A repair shop asked to come into a community, or is put out: its managers are told, who need not read its account."""

from models.people import actors
from models.people.actors import Actor
from models.repairs.shops import shops, staff
from models.settings import Site
from models.store.database import Connection
from outbox.builders.texts.repair_shops import Told, write_to_shop
from outbox.threads.cooperative_messages import write_to_member


async def tell_managers(
    conn: Connection, site: Site, shop: Actor, told: Told, *, who: str = "", reason: str = ""
) -> None:
    """A message of the cooperative to each manager of a shop of ours; nothing where this is no shop."""
    if not shop.local or await shops.find(conn, shop.id) is None:
        return
    page = f"{site.url}/ateliers/{shop.username}/gerer"
    words = write_to_shop(told, shop.display_name, who=who, reason=reason, page=page)
    for one in await staff.list_staff(conn, shop.id):
        if one.role == "manager":
            await write_to_member(conn, site, await actors.get(conn, one.actor_id), words)
