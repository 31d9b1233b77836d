"""Where: communes and federations of communes, territories, and what a map shows."""

import pytest

from models import searches
from models.people.actors import Actor
from models.searches import NetworkFilter
from models.searches.areas import list_territories
from models.servers import trust_levels
from models.store.database import Connection, execute
from tests.factories import make_follow, make_listing, make_local_actor, make_member, make_remote_actor

LILLE, LOMME, CARVIN, ROUBAIX = "59350", "59355", "62215", "59512"
MEL, HENIN = "200093201", "246200299"


@pytest.fixture
async def communes(conn: Connection) -> None:
    """Four communes of two federations."""
    for code, name, postcode, epci in (
        (LILLE, "Lille", "59000", MEL),
        (LOMME, "Lomme", "59160", MEL),
        (ROUBAIX, "Roubaix", "59100", MEL),
        (CARVIN, "Carvin", "62220", HENIN),
    ):
        await execute(
            conn,
            """
            INSERT INTO commune (code, name, search_name, postcodes, department, region, epci_code, epci_name,
                population, latitude, longitude, precision, kind)
            VALUES ($1, $2, ' ' || lower($2), ARRAY[$3], '59', '32', $4, 'EPCI', 1000, 50.6, 3.0, 'exact', 'commune')
            """,
            code,
            name,
            postcode,
            epci,
        )


async def find(conn: Connection, **filter: object) -> list[int]:
    wanted = NetworkFilter(**filter)  # type: ignore[arg-type]  # one of its fields
    found = [one.id for one in await searches.list_network(conn, wanted)]
    assert sum((await searches.count_network(conn, wanted)).values()) == len(found)
    return found


@pytest.mark.usefixtures("communes")
async def test_what_is_in_a_commune_or_a_federation_is_found_in_it(conn: Connection) -> None:
    alice = await make_member(conn)
    lille = await make_listing(conn, alice, commune_code=LILLE)
    lomme = await make_listing(conn, alice, commune_code=LOMME)
    carvin = await make_listing(conn, alice, commune_code=CARVIN)
    await make_listing(conn, alice, place_name=None, postcode=None, commune_code=None)

    assert await find(conn, communes=(LOMME,)) == [lomme.id]
    assert await find(conn, communes=(LILLE, LOMME)) == [lomme.id, lille.id]
    assert await find(conn, epcis=(MEL,)) == [lomme.id, lille.id]
    assert await find(conn, epcis=(HENIN,), communes=(LILLE,)) == [carvin.id, lille.id]
    assert await find(conn, epcis=("nowhere",)) == []


@pytest.mark.usefixtures("communes")
async def test_listings_from_elsewhere_are_in_the_commune_that_they_name(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    carvin = await make_listing(conn, bob, commune_code=None, place_name="CARVIN", postcode="62220")
    await make_listing(conn, bob, commune_code=None, place_name="Carvin", postcode="59160")
    await make_listing(conn, bob, commune_code=None, place_name="Carvin", postcode=None)

    assert await find(conn, communes=(CARVIN,)) == [carvin.id]
    assert await find(conn, epcis=(HENIN,)) == [carvin.id]


async def test_several_territories_are_one_filter(conn: Connection) -> None:
    alice = await make_member(conn)
    one = await make_listing(conn, alice, territory_uri="https://one.test/users/coop")
    two = await make_listing(conn, alice, territory_uri="https://two.test/users/coop")
    await make_listing(conn, alice, territory_uri="https://three.test/users/coop")

    uris = ("https://one.test/users/coop", "https://two.test/users/coop")

    assert await find(conn, territory_uris=uris) == [two.id, one.id]


async def test_a_map_holds_what_lies_between_its_edges(conn: Connection) -> None:
    alice = await make_member(conn)
    inside = await make_listing(conn, alice, latitude=50.65, longitude=3.0)
    await make_listing(conn, alice, latitude=50.85, longitude=3.0)
    await make_listing(conn, alice, latitude=50.65, longitude=3.3)
    await make_listing(conn, alice, latitude=None, longitude=None)

    assert await find(conn, bounds=(50.6, 2.9, 50.7, 3.1)) == [inside.id]


async def make_cooperative(conn: Connection, host: str) -> Actor:
    return await make_remote_actor(conn, "coop", host, type="Organization")


async def test_territories_of_a_member_are_ours_and_those_that_she_follows(conn: Connection) -> None:
    ours = await make_local_actor(conn, "coop", type="Organization")
    alice, henin = await make_member(conn), await make_cooperative(conn, "henin.test")
    stream = await make_remote_actor(conn, "offres", "henin.test", type="Group")
    asked, friend = await make_cooperative(conn, "asked.test"), await make_cooperative(conn, "friend.test")
    await trust_levels.save_level(conn, friend.host, "friend")
    await make_follow(conn, alice, asked, state="pending")

    assert await list_territories(conn, alice.id) == tuple(sorted((ours.uri, friend.uri)))

    await make_follow(conn, alice, stream)

    assert await list_territories(conn, alice.id) == tuple(sorted((ours.uri, henin.uri)))


async def test_territories_of_a_visitor_are_ours_our_friends_and_those_we_follow(conn: Connection) -> None:
    ours, alice = await make_local_actor(conn, "coop", type="Organization"), await make_member(conn)
    followed, friend = await make_cooperative(conn, "followed.test"), await make_cooperative(conn, "friend.test")
    await make_follow(conn, ours, followed)
    await make_follow(conn, alice, await make_cooperative(conn, "hers.test"))
    await trust_levels.save_level(conn, friend.host, "friend")

    assert await list_territories(conn, None) == tuple(sorted((ours.uri, followed.uri, friend.uri)))
