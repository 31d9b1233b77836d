"""The network page: which listings stand there, in which order, and how many are counted."""

from typing import Any

import pytest

from models import searches
from models.searches import NetworkFilter
from models.store.database import Connection, execute
from tests.factories import make_listing, make_member, make_remote_actor

LOMME = (50.645, 2.987)
LILLE = (50.631, 3.047)
CARVIN = (50.491, 2.958)


def at(place: tuple[float, float]) -> dict[str, Any]:
    return {"latitude": place[0], "longitude": place[1]}


async def find(conn: Connection, **filter: Any) -> list[int]:
    return [found.id for found in await searches.list_network(conn, NetworkFilter(**filter))]


async def test_open_listings_of_everybody_stand_there_newest_first(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    first, second = await make_listing(conn, bob), await make_listing(conn, alice, kind="request")
    reserved = await make_listing(conn, bob, status="reserved")
    for status in ("fulfilled", "cancelled", "expired", "paused"):
        await make_listing(conn, bob, status=status)
    deleted = await make_listing(conn, alice)
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", deleted.id)

    assert await find(conn) == [reserved.id, second.id, first.id]
    counted = await searches.count_network(conn, NetworkFilter())
    assert counted == {("offer", "loan"): 2, ("request", "loan"): 1}


async def test_members_also_see_what_is_for_the_cooperative_and_friends(conn: Connection) -> None:
    alice = await make_member(conn)
    made = {
        audience: (await make_listing(conn, alice, post={"audience": audience})).id
        for audience in ("network", "unlisted", "coop", "territories", "followers", "direct")
    }

    assert await find(conn) == [made["network"]]
    assert await find(conn, reader_local=True) == [made["territories"], made["coop"], made["network"]]
    assert sum((await searches.count_network(conn, NetworkFilter(reader_local=True))).values()) == 3


async def test_listings_of_suspended_people_are_hidden_everywhere(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    await make_listing(conn, bob, **at(LOMME))

    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", bob.id)

    assert await find(conn) == []
    assert await find(conn, order="near", **at(LOMME)) == []
    assert await searches.count_network(conn, NetworkFilter()) == {}


async def test_filters_narrow_together(conn: Connection) -> None:
    alice = await make_member(conn)
    there = "https://henin.test/users/coop"
    tent = await make_listing(conn, alice, category="sport", territory_uri=there)
    bike = await make_listing(conn, alice, kind="repair_call", mode="repair", title="Vélo", category="bikes")
    gift = await make_listing(conn, alice, mode="gift", title="Étagère", category="sport")
    await execute(conn, "INSERT INTO media (id, post_id) VALUES (1, $1)", gift.id)

    assert await find(conn, kinds=("repair_call",)) == [bike.id]
    assert await find(conn, modes=("gift", "repair")) == [gift.id, bike.id]
    assert await find(conn, categories=("sport",)) == [gift.id, tent.id]
    assert await find(conn, categories=("sport",), modes=("loan",)) == [tent.id]
    assert await find(conn, territory_uri=there) == [tent.id]
    assert await find(conn, with_photo=True) == [gift.id]


@pytest.mark.parametrize("text", ["etagere", "ÉTAGÈRES", "étagère bois", '"bois massif"', "étagère -verre", "lomme"])
async def test_words_are_found_without_accents_case_and_plural(conn: Connection, text: str) -> None:
    alice = await make_member(conn)
    shelf = await make_listing(conn, alice, title="Étagère", description="<p>En bois massif.</p>")
    await make_listing(conn, alice, title="Table", description="<p>En verre.</p>", place_name="Lille")

    assert await find(conn, text=text) == [shelf.id]


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("vélo", "vélos"),
        ("Piano", "PIANOS"),
        ("clou", "clous"),
        ("pneu", "pneus"),
        ("ski", "skis"),
        ("jeu de société", "jeux"),
        ("chou", "choux"),
        ("bateau", "bateaux"),
        ("tente", "tentes"),
        ("outil", "outils"),
        ("cheval à bascule", "chevaux"),
        ("bus", "bus"),
        ("tapis", "tapis"),
    ],
)
async def test_one_and_many_find_each_other(conn: Connection, one: str, many: str) -> None:
    alice = await make_member(conn)
    single = await make_listing(conn, alice, title=one)
    several = await make_listing(conn, alice, title="Lot", description=f"<p>Des {many}, en bon état.</p>")

    for text in (one.split()[0], many, many.upper()):
        assert await find(conn, text=text) == [several.id, single.id]


async def test_what_no_search_would_type_finds_nothing_and_breaks_nothing(conn: Connection) -> None:
    await make_listing(conn, await make_member(conn))

    for text in ("tente & | !", "' OR 1=1", "(((", "tente:*b", '"'):
        await find(conn, text=text)
    assert await find(conn, text="   ") != []


async def test_a_radius_keeps_what_is_near_and_tells_how_far(conn: Connection) -> None:
    alice = await make_member(conn)
    lille, carvin = await make_listing(conn, alice, **at(LILLE)), await make_listing(conn, alice, **at(CARVIN))
    nowhere = await make_listing(conn, alice, latitude=None, longitude=None)

    near = await searches.list_network(conn, NetworkFilter(radius=6, **at(LOMME)))
    far = await searches.list_network(conn, NetworkFilter(radius=25, order="near", **at(LOMME)))
    everywhere = await searches.list_network(conn, NetworkFilter(order="near", **at(LOMME)))

    assert [found.id for found in near] == [lille.id]
    assert near[0].distance == pytest.approx(4.5, abs=0.1)
    assert [found.id for found in far] == [lille.id, carvin.id]
    assert far[1].distance == pytest.approx(17.2, abs=0.2)
    assert [found.id for found in everywhere] == [lille.id, carvin.id, nowhere.id]
    assert everywhere[2].distance is None
    assert (await searches.list_network(conn, NetworkFilter()))[0].distance is None
    assert await searches.count_network(conn, NetworkFilter(radius=6, **at(LOMME))) == {("offer", "loan"): 1}


async def test_nearest_first_without_a_place_is_newest_first(conn: Connection) -> None:
    alice = await make_member(conn)
    one, two = await make_listing(conn, alice), await make_listing(conn, alice)

    assert await find(conn, order="near") == [two.id, one.id]


async def test_pages_follow_one_another(conn: Connection) -> None:
    alice = await make_member(conn)
    made = [(await make_listing(conn, alice, **at(LILLE))).id for _ in range(5)][::-1]

    for filter in (NetworkFilter(), NetworkFilter(order="near", **at(LOMME))):
        pages = [await searches.list_network(conn, filter, offset=offset, limit=2) for offset in (0, 2, 4, 6)]

        assert [[found.id for found in page] for page in pages] == [made[:2], made[2:4], made[4:], []]
