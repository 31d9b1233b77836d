"""What other servers are told of repair shops: exactly these documents, which say the same when they are read."""

from datetime import UTC, datetime
from typing import Any

from federation.documents.serialize import to_json
from federation.own_keys.key_pairs import make_key_pairs
from federation.repair_uris import repair_shops_uri
from federation.vocabulary.actors import read_actor
from federation.vocabulary.collections import read_collection
from federation.vocabulary.repair_shops import read_listed_shop, read_price
from models import preferences
from models.communities.communities import CommunitySettings
from models.people import actors
from models.people.actors import Actor
from models.people.opening_hours import OpeningInterval, make_hours, read_time, write_hours
from models.preferences import Preferences
from models.repairs.shops import appearing, prices
from models.repairs.shops.prices import Price
from models.settings import Settings, Site
from models.store.database import Connection, execute
from outbox.builders.objects.repair_shop import build_prices, build_shop_list
from outbox.communities.approvals import approve
from outbox.communities.founding import CommunityDraft, create
from outbox.communities.joining import JoinRequest, join
from outbox.people.profiles import describe_actor
from outbox.repairs.shops import editing
from tests.factories import make_local_actor, make_member
from tests.golden import normalize, require_golden
from tests.repair_shops import DETAILS, add_communes, make_shop

SITE = Site(url="https://lomme.test", host="lomme.test")

LINES = [
    Price(label="Changer une chambre à air", kind="fixed", cents=800, note="la chambre en plus"),
    Price(label="Redresser une roue", kind="from", cents=1250),
    Price(label="Regarder ce qui ne va pas", kind="fixed", cents=0),
    Price(label="Apprendre à le faire", kind="free", cents=None),
]


async def furnish(conn: Connection) -> Actor:
    """A shop in a collective, with hours and prices."""
    await add_communes(conn)
    base = "https://lomme.test/users/rayon"
    addresses: dict[str, Any] = {"uri": base, "url": "https://lomme.test/@rayon", "followers_uri": f"{base}/followers"}
    shop = await make_shop(conn, **addresses)
    alice = await make_member(conn, "alice", uri="https://lomme.test/users/alice")
    draft = CommunityDraft(
        name="Ateliers de la Deûle",
        description="Ensemble.",
        settings=CommunitySettings(access="on_request"),
        username="ateliers",
        charter="1. Dire le prix avant.",
    )
    made = await create(conn, SITE, alice, draft, await make_key_pairs(Settings(url=SITE.url)))
    await preferences.save(conn, Preferences(repair_collective=made.uri))
    await join(conn, SITE, shop, made, JoinRequest(version=1))
    await approve(conn, SITE, alice, made, shop)
    nine, noon = read_time("09:00"), read_time("12:30")
    assert nine is not None and noon is not None
    hours = make_hours([OpeningInterval(day=day, opens=nine, closes=noon) for day in (1, 5)], [])
    await actors.save_place(conn, shop.id, "7 rue de la Bobine", write_hours(hours))
    await execute(conn, "UPDATE repair_shop SET commune_codes = '{59355,59350}' WHERE actor_id = $1", shop.id)
    await editing.save_prices(conn, SITE, shop, LINES)
    return await actors.get(conn, shop.id)


async def test_a_shop_is_a_place_with_its_repairs_prices_and_charter(conn: Connection) -> None:
    shop = await furnish(conn)

    (written,) = normalize([to_json(await describe_actor(conn, SITE, shop))])

    require_golden("declic/repairs/organization-shop", written)
    read = read_actor(written)
    assert read.repair_shop is not None and read.repair_shop.bike_types == tuple(DETAILS.bike_types)
    assert [one.code for one in read.repair_shop.areas] == ["59350", "59355"]
    assert [one.name for one in read.fields] == ["Horaires", "Prix", "Vélos"]


async def test_prices_are_a_collection_in_the_order_of_the_shop(conn: Connection) -> None:
    shop = await furnish(conn)

    (written,) = normalize([to_json(build_prices(shop, await prices.list_prices(conn, shop.id)))])

    require_golden("declic/repairs/prices", written)
    lines = [read_price(one) for one in read_collection(written).items]
    assert [(one.amount, one.at_least) for one in lines if one] == [(8, False), (12.5, True), (0, False), (None, False)]


async def test_a_cooperative_names_the_shops_that_it_lists(conn: Connection) -> None:
    shop = await furnish(conn)
    coop = await make_local_actor(conn, "coop", type="Organization", uri="https://lomme.test/users/coop")
    listed = [(shop.uri, one) for one in await appearing.list_own(conn)]

    document = await describe_actor(conn, SITE, coop)
    (written,) = normalize([to_json(build_shop_list(repair_shops_uri(SITE), coop, listed))])

    require_golden("declic/repairs/repair-shops", written)
    assert document.repair_shops == "https://lomme.test/users/coop/repair_shops"
    (line,) = [read_listed_shop(one) for one in read_collection(written).items]
    assert line is not None and (line.charter_version, line.published) == (1, datetime(2027, 4, 20, 9, tzinfo=UTC))


async def test_who_left_the_collective_says_nothing_of_it_and_keeps_the_rest(conn: Connection) -> None:
    shop = await furnish(conn)
    await execute(conn, "UPDATE membership SET state = 'left' WHERE actor_id = $1", shop.id)

    told = (await describe_actor(conn, SITE, shop)).repair_shop

    assert told is not None and told.prices is not None
    assert (told.collective, told.charter_version) == (None, None)
    assert await appearing.list_own(conn) == []
