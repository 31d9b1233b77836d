"""The lists of friend cooperatives: believed from their own origin, and whoever is on them no more goes."""

from typing import Any

import pytest
from multidict import CIMultiDict

from federation.errors import Cause, FetchFailed
from federation.http_client.transport import Fetched
from federation.own_keys.key_pairs import make_key_pairs, save_local_keys
from inbox.repairs.shops import prices as shop_prices
from inbox.repairs.shops.shop_lists import read_due
from models.people import actors
from models.people.actors import Actor
from models.repairs.shops import prices, shops
from models.repairs.shops.prices import ASK_AFTER, Price
from models.store.database import connection, execute, fetch_column, transaction
from tests.factories import make_local_actor
from tests.fediverse import Person
from tests.inbox.desk import CONTEXT, Desk
from tests.repair_shops import make_friend

COOP = "https://henin.test/users/coop"
LIST = f"{COOP}/repair_shops"
SHOP = "https://henin.test/users/garage"
PRICES = f"{SHOP}/prices"


def collection(uri: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"@context": CONTEXT, "id": uri, "type": "OrderedCollection", "orderedItems": list(items)}


def listed(actor: str = SHOP, **changes: Any) -> dict[str, Any]:
    return {"type": "ListedShop", "actor": actor, "charterVersion": 2, "collective": f"{COOP}s"} | changes


REPAIRS: dict[str, Any] = {
    "type": "RepairShop",
    "shopTypes": ["artisan", "Ressourcerie", 7],
    "bikeTypes": ["city"],
    "interventions": ["brakes"],
    "areaServed": [{"type": "Place", "name": "Nulle part", "identifier": "00000"}],
    "prices": PRICES,
}


@pytest.fixture
async def garage(desk: Desk) -> Person:
    """A shop at Hénin, which is a friend and lists it."""
    await _prepare(desk)
    coop = desk.fediverse.add_person("coop", type="Organization", repairShops=LIST)
    shop = desk.fediverse.add_person("garage", type="Organization", name="Le garage", repairShop=REPAIRS)
    assert (coop.uri, shop.uri) == (COOP, SHOP)
    desk.fediverse.documents[LIST] = collection(LIST, listed())
    async with transaction(desk.instance.pool) as conn:
        await make_friend(conn)
    return shop


async def _prepare(desk: Desk) -> None:
    async with transaction(desk.instance.pool) as conn:
        server = await make_local_actor(conn, "instance", type="Application")
        await save_local_keys(conn, desk.instance.site, server, await make_key_pairs(desk.instance.settings))


async def list_appearing(desk: Desk) -> list[str]:
    async with connection(desk.instance.pool) as conn:
        return await fetch_column(
            conn, "SELECT a.uri FROM appearing_shop p JOIN actor a ON a.id = p.actor_id ORDER BY a.uri"
        )


async def again(desk: Desk) -> None:
    """Six hours later."""
    async with transaction(desk.instance.pool) as conn:
        await execute(conn, "UPDATE repair_shop_source SET next_at = now()")
    await read_due(desk.instance)


async def find_garage(desk: Desk) -> Actor:
    async with connection(desk.instance.pool) as conn:
        found = await actors.find_by_uri(conn, SHOP)
    assert found is not None
    return found


async def test_who_is_listed_is_fetched_and_shown_as_its_own_until_it_is_listed_no_more(
    desk: Desk, garage: Person
) -> None:
    await read_due(desk.instance)
    first, asked = await list_appearing(desk), len(desk.fediverse.fetched)
    await read_due(desk.instance)
    assert len(desk.fediverse.fetched) == asked  # not before it is time
    desk.fediverse.documents[LIST] = collection(LIST)

    await again(desk)

    assert first == [SHOP] and await list_appearing(desk) == []
    async with connection(desk.instance.pool) as conn:
        kept = await shops.find(conn, (await find_garage(desk)).id)
    assert kept is not None and kept.types == ["artisan", "Ressourcerie"] and kept.commune_codes == []


@pytest.mark.parametrize(
    "items",
    [
        [listed("https://evil.test/users/garage")],
        [listed("https://henin.test/users/bob")],
        [{"type": "Relationship", "actor": SHOP}],
        [{"type": "ListedShop"}, "https://henin.test/users/garage", 3],
    ],
)
async def test_what_is_no_shop_of_the_same_origin_stands_nowhere(desk: Desk, garage: Person, items: list[Any]) -> None:
    desk.fediverse.add_person("bob")
    desk.fediverse.documents[LIST] = collection(LIST, *items)

    await read_due(desk.instance)

    assert await list_appearing(desk) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE server SET level = 'reader' WHERE host = 'henin.test'",
        "UPDATE server SET level = 'aside' WHERE host = 'henin.test'",
        "UPDATE actor SET suspended_at = now() WHERE username = 'garage'",
        "UPDATE actor SET deleted_at = now() WHERE username = 'garage'",
        "UPDATE repair_shop_source SET told_at = now() - interval '3 days 1 minute'",
    ],
)
async def test_nobody_is_shown_of_who_is_no_friend_gone_or_silent(desk: Desk, garage: Person, change: str) -> None:
    await read_due(desk.instance)
    assert await list_appearing(desk) == [SHOP]

    async with transaction(desk.instance.pool) as conn:
        await execute(conn, change)

    assert await list_appearing(desk) == []


async def test_a_cooperative_that_does_not_answer_keeps_its_shops_for_a_while(desk: Desk, garage: Person) -> None:
    await read_due(desk.instance)
    desk.fediverse.documents[LIST] = FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True)

    await again(desk)

    assert await list_appearing(desk) == [SHOP]


async def test_an_actor_that_says_a_collective_itself_stands_in_no_list(desk: Desk, garage: Person) -> None:
    desk.fediverse.add_person(
        "faux", type="Organization", repairShop=REPAIRS | {"collective": f"{COOP}s", "charterVersion": 2}
    )

    await read_due(desk.instance)
    await desk.meet(Person(uri="https://henin.test/users/faux", signer=garage.signer, document={}))

    assert await list_appearing(desk) == [SHOP]


async def test_who_says_no_repairs_any_more_is_no_shop(desk: Desk, garage: Person) -> None:
    await read_due(desk.instance)
    del garage.document["repairShop"]
    async with transaction(desk.instance.pool) as conn:
        await execute(conn, "UPDATE actor SET fetched_at = now() - interval '2 days'")

    await again(desk)

    assert await list_appearing(desk) == []


async def test_an_unchanged_list_is_short_and_its_shops_are_looked_at_again(desk: Desk, garage: Person) -> None:
    await read_due(desk.instance)
    desk.fediverse.documents[LIST] = Fetched(url=LIST, status=304, headers=CIMultiDict(), body=b"")
    garage.document["repairShop"] = REPAIRS | {"interventions": ["lights"]}
    async with transaction(desk.instance.pool) as conn:
        await execute(conn, "UPDATE actor SET fetched_at = now() - interval '2 days'")
        await execute(conn, "UPDATE repair_shop_source SET told_at = now() - interval '2 days', etag = 'x'")

    await again(desk)

    assert await list_appearing(desk) == [SHOP] and "x" in desk.fediverse.etags
    async with connection(desk.instance.pool) as conn:
        kept = await shops.find(conn, (await find_garage(desk)).id)
        fresh = await fetch_column(conn, "SELECT told_at > now() - interval '1 hour' FROM repair_shop_source")
    assert kept is not None and kept.interventions == ["lights"] and fresh == [True]


async def test_prices_are_asked_for_now_and_then_and_believed_from_their_own_origin(desk: Desk, garage: Person) -> None:
    line = {"type": "RepairPrice", "name": "Une  chambre", "price": "8.50", "priceCurrency": "EUR"}
    strange = [
        line | {"priceCurrency": "USD"},
        line | {"price": "-3"},
        line | {"type": "Note"},
        line | {"price": "9e9"},
    ]
    free = {"type": "RepairPrice", "name": "Regarder", "freePrice": True}
    desk.fediverse.documents[PRICES] = collection(PRICES, line, *strange, free)
    await read_due(desk.instance)
    shop_id = (await find_garage(desk)).id
    async with transaction(desk.instance.pool) as conn:
        shop = await shops.find(conn, shop_id)
        assert shop is not None
        asked = [await shop_prices.ask(conn, shop) for _ in range(2)]

    await shop_prices.refresh(desk.instance, shop_id)
    desk.fediverse.documents[PRICES] = collection("https://evil.test/prices", free)
    await shop_prices.refresh(desk.instance, shop_id)

    assert asked == [True, False] and ASK_AFTER.total_seconds() == 300
    async with connection(desk.instance.pool) as conn:
        kept, copy = await prices.list_prices(conn, shop_id), await prices.find_copy(conn, shop_id)
    assert kept == [
        Price(label="Une chambre", kind="fixed", cents=850),
        Price(label="Regarder", kind="free", cents=None),
    ]
    assert copy is not None and copy.told_at is not None


async def test_prices_of_another_origin_are_not_asked_for(desk: Desk, garage: Person) -> None:
    garage.document["repairShop"] = REPAIRS | {"prices": "https://evil.test/prices"}
    await read_due(desk.instance)

    async with transaction(desk.instance.pool) as conn:
        shop = await shops.find(conn, (await find_garage(desk)).id)
        assert shop is not None
        assert not await shop_prices.ask(conn, shop)
