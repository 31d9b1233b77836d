"""What servers read of shops: prices, and whom the cooperative lists; again by their tags, missing for what is none."""

import pytest

from models.people.actors import Actor
from models.repairs.shops import prices
from models.repairs.shops.prices import Price
from models.store.database import execute, transaction
from tests.factories import make_local_actor
from tests.fediverse import Person
from tests.repair_shops import let_appear, make_shop
from tests.web.activitypub.conftest import Door

LIST = "/users/coop/repair_shops"
PRICES = "/users/rayon/prices"


@pytest.fixture
async def rayon(door: Door) -> Actor:
    """A shop with a price, and the cooperative that lists it."""
    async with transaction(door.instance.pool) as conn:
        base = f"{door.instance.site.url}/users/rayon"
        shop = await make_shop(conn, uri=base, followers_uri=f"{base}/followers", host=door.instance.site.host)
        await prices.replace_prices(conn, shop.id, [Price(label="Chambre", kind="from", cents=250)])
        await make_local_actor(conn, "coop", type="Organization")
    return shop


async def test_prices_are_read_by_everybody_and_again_by_their_tag(door: Door, rayon: Actor, bob: Person) -> None:
    first = await door.get(f"{door.instance.site.url}{PRICES}")
    signed = await door.get(f"{door.instance.site.url}{PRICES}", reader=bob)
    tag = {"If-None-Match": first.headers["ETag"]}
    again = await door.get(f"{door.instance.site.url}{PRICES}", headers=tag, reader=bob)

    assert first.json["orderedItems"] == [
        {"type": "RepairPrice", "name": "Chambre", "minPrice": "2.5", "priceCurrency": "EUR"}
    ]
    assert (signed.status, again.status) == (200, 304)
    assert "private" in signed.headers["Cache-Control"]


async def test_the_list_names_those_that_appear_alone(door: Door, rayon: Actor, bob: Person) -> None:
    address = f"{door.instance.site.url}{LIST}"
    empty = await door.get(address)
    async with transaction(door.instance.pool) as conn:
        await let_appear(conn, rayon, rayon)

    full = await door.get(address, reader=bob)

    assert empty.json["orderedItems"] == []
    (line,) = full.json["orderedItems"]
    assert line.pop("published") and line == {"type": "ListedShop", "actor": rayon.uri}


async def test_what_is_no_shop_has_neither(door: Door, alice: Actor, bob: Person, rayon: Actor) -> None:
    here = door.instance.site.url
    person = await door.get(f"{here}/users/{alice.username}/prices")
    await door.block(rayon, await door.meet(bob))
    sent_away = await door.get(f"{here}{PRICES}", reader=bob)
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", rayon.id)
    suspended = await door.get(f"{here}{PRICES}")
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "DELETE FROM repair_shop")

    gone = [await door.get(f"{here}{path}") for path in (LIST, PRICES)]

    assert (person.status, sent_away.status in (401, 403, 404), suspended.status) == (404, True, 403)
    assert [one.status for one in gone] == [404, 403]
