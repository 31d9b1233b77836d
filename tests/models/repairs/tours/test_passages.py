"""Where shops come by: their meetings without a street, ours and copies, of those that stand in lists."""

from datetime import UTC, datetime, timedelta

import pytest

from models.people.actors import Actor
from models.repairs.shops import shops
from models.repairs.shops.shops import ShopAddresses
from models.repairs.tours.passages import PassageFilter, list_coming
from models.store.database import Connection, execute
from tests.factories import make_meeting, make_member, make_remote_actor
from tests.repair_shops import DETAILS, let_appear, make_friend, make_shop

NOW = datetime.now(UTC)
EVERYWHERE = PassageFilter()


async def list_titles(conn: Connection, wanted: PassageFilter = EVERYWHERE, *, days: int = 30) -> list[str]:
    return [one.title for one in await list_coming(conn, wanted, since=NOW, until=NOW + timedelta(days=days))]


@pytest.fixture
async def rayon(conn: Connection) -> Actor:
    """A shop of ours that appears and comes by in ten days."""
    shop = await make_shop(conn)
    await let_appear(conn, shop, await make_member(conn, "admin"))
    await make_meeting(conn, shop, title="Ici")
    return shop


async def make_garage(conn: Connection) -> Actor:
    """A shop in the list of a friend cooperative."""
    coop = await make_friend(conn)
    garage = await make_remote_actor(conn, "garage", "henin.test", type="Organization", name="Le garage")
    await shops.save_remote(conn, garage.id, DETAILS, ShopAddresses())
    await execute(
        conn,
        "INSERT INTO repair_shop_source (cooperative_id, told_at, next_at) VALUES ($1, now(), now())",
        coop.id,
    )
    await execute(conn, "INSERT INTO repair_shop_copy (cooperative_id, shop_id) VALUES ($1, $2)", coop.id, garage.id)
    return garage


async def test_ours_and_those_of_friends_by_their_day_each_in_its_commune(conn: Connection, rayon: Actor) -> None:
    await make_meeting(conn, await make_garage(conn), title="Chez les voisins")

    assert await list_titles(conn) == ["Ici", "Chez les voisins"]
    assert await list_titles(conn, days=9) == []
    assert await list_titles(conn, PassageFilter(commune_code="59350")) == []
    near = PassageFilter(latitude=50.65, longitude=2.99, radius=15)
    far = PassageFilter(latitude=48.85, longitude=2.35, radius=15)
    assert len(await list_titles(conn, near)) == 2 and await list_titles(conn, far) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE meeting SET street = '3 rue du Four'",
        "UPDATE meeting SET status = 'cancelled'",
        "UPDATE meeting_occurrence SET cancelled = true",
        "UPDATE post SET audience = 'coop'",
        "UPDATE post SET hidden_at = now()",
        "UPDATE post SET deleted_at = now()",
        "UPDATE actor SET suspended_at = now() WHERE username = 'rayon'",
        "UPDATE repair_shop_request SET state = 'refused'",
        "DELETE FROM repair_shop",
    ],
)
async def test_what_is_called_off_hidden_or_of_no_shop_in_the_list_is_not_told(
    conn: Connection, rayon: Actor, change: str
) -> None:
    await execute(conn, change)

    assert await list_titles(conn) == []


async def test_its_own_page_tells_it_before_the_shop_appears_and_who_blocks_it_reads_nothing(
    conn: Connection, rayon: Actor
) -> None:
    reader = await make_member(conn, "reader")
    await execute(conn, "INSERT INTO mute (id, actor_id, target_id) VALUES (1, $1, $2)", reader.id, rayon.id)
    await execute(conn, "UPDATE repair_shop_request SET state = 'refused'")

    assert await list_titles(conn, PassageFilter(shop_id=rayon.id)) == ["Ici"]
    await execute(conn, "UPDATE repair_shop_request SET state = 'approved'")
    assert await list_titles(conn, PassageFilter(reader_id=reader.id)) == []
    assert await list_titles(conn, PassageFilter(reader_id=rayon.id)) == ["Ici"]
