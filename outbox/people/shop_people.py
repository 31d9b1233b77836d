"""An account that was a repair shop goes: whoever did something there is told, and free of it."""

from models.people import actors
from models.people.actors import Actor
from models.repairs.shops import shops, staff
from models.settings import Site
from models.store.database import Connection
from outbox.builders.texts.repair_shops import write_to_shop
from outbox.threads.cooperative_messages import write_to_member


async def release_people(conn: Connection, site: Site, shop: Actor) -> int:
    """Tell them all, and end what they do there; how many."""
    people = await staff.list_ids(conn, shop.id) if await shops.find(conn, shop.id) is not None else []
    for id in people:
        await staff.remove(conn, shop.id, id)
        await write_to_member(conn, site, await actors.get(conn, id), write_to_shop("gone", shop.display_name))
    return len(people)
