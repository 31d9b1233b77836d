"""A place becomes a shop, says what it repairs and what it takes; whoever follows it is told."""

from collections.abc import Sequence

from models import preferences
from models.errors import Invalid
from models.people import actors
from models.people.actors import Actor
from models.places.places import Commune
from models.repairs.shops import prices, shops
from models.repairs.shops.prices import Price
from models.repairs.shops.shops import ShopDetails
from models.settings import Site
from models.store.database import Connection
from outbox.people.accounts import profile_of
from outbox.people.profiles import announce_update
from outbox.repairs.bookings.appointments import move_book
from outbox.repairs.shops.limits import require_details, require_prices


async def open_shop(conn: Connection, site: Site, place: Actor) -> bool:
    """This place of ours repairs bikes from now on; False where it did already. Raises Invalid for a person."""
    if place.type != "Organization" or place.speaks_for_cooperative:
        raise Invalid("shop_is_no_place", field="username")
    if not await shops.create(conn, place.id):
        return False
    await announce_update(conn, site, place)
    return True


async def save_details(
    conn: Connection, site: Site, shop: Actor, details: ShopDetails, *, commune: Commune, street: str | None
) -> None:
    """What it does, and where: its street while there is a workshop, else nothing finer than its commune.

    Raises Invalid.
    """
    chosen = await preferences.load(conn)
    details = require_details(details, chosen.shop_types)
    if not details.workshop or shop.commune_code != commune.code or (street or None) != shop.street:
        await actors.save_profile(conn, shop.id, profile_of(shop, commune))
    await actors.save_place(conn, shop.id, street or None if details.workshop else None, shop.hours)
    await shops.save(conn, shop.id, details)
    now = await actors.get(conn, shop.id)
    await move_book(conn, site, now)
    await announce_update(conn, site, now)


async def save_prices(conn: Connection, site: Site, shop: Actor, lines: Sequence[Price]) -> None:
    """What it takes, in this order. Raises Invalid."""
    kept = require_prices(lines)
    if kept != await prices.list_prices(conn, shop.id):
        await prices.replace_prices(conn, shop.id, kept)
        await announce_update(conn, site, shop)
