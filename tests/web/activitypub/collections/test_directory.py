"""The directory for other servers: vouches, open listings, the map."""

from datetime import UTC, datetime
from typing import Any

import pytest

from models.people.actors import Actor
from models.servers.directory.deciding import save_own_vouch
from models.servers.trust_levels import save_level
from models.store.database import execute, transaction
from tests.factories import make_local_actor
from tests.fediverse import Person
from tests.sample_directory import add_sample_directory
from tests.web.activitypub.conftest import Door, make_here, publish_tent, read_pages

HOME = {"place_name": "Lomme", "latitude": 50.64512345, "longitude": 2.987, "radius": 2000}


@pytest.fixture
async def coop(door: Door) -> Actor:
    """The cooperative, which asks to be listed."""
    async with transaction(door.instance.pool) as conn:
        here = make_here(door.instance, "coop")
        coop = await make_local_actor(conn, "coop", type="Organization", name="La Remise", discoverable=True, **here)
        await execute(
            conn,
            "UPDATE actor SET place_name = $2, latitude = $3, longitude = $4, radius = $5 WHERE id = $1",
            coop.id,
            *HOME.values(),
        )
        await add_sample_directory(conn)
    return coop


async def leave(door: Door) -> None:
    """The cooperative no longer wants to be listed."""
    await door.execute("UPDATE actor SET discoverable = false WHERE username = 'coop' AND local")


async def test_our_vouches_are_a_list_of_friends(door: Door, coop: Actor) -> None:
    answer = await door.get("/territories")

    assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, max-age=3600")
    today = datetime.now(UTC).strftime("%Y-%m-%dT00:00:00Z")
    assert (answer.json["attributedTo"], answer.json["totalItems"], answer.json["updated"]) == (coop.uri, 2, today)
    assert [
        (item["type"], item["id"], item["subject"], item["relationship"], item["object"])
        for item in answer.json["orderedItems"]
    ] == [
        (
            "Relationship",
            f"{door.instance.site.url}/territories/{host}",
            coop.uri,
            "https://w3id.org/declic/ns#vouchesFor",
            f"https://{host}/users/coop",
        )
        for host in ("hellemmes.test", "henin.test")
    ]
    one = await door.get("/territories/henin.test")
    assert (one.status, one.json["object"]) == (200, "https://henin.test/users/coop")
    assert (await door.get("/territories/lens.test")).status == 404


async def test_who_is_a_friend_no_longer_is_not_vouched_for(door: Door, coop: Actor) -> None:
    async with transaction(door.instance.pool) as conn:
        await save_level(conn, "henin.test", "reader")

    assert (await door.get("/territories")).json["totalItems"] == 1


async def test_a_friend_that_was_never_seen_is_not_vouched_for_yet(door: Door, coop: Actor) -> None:
    async with transaction(door.instance.pool) as conn:
        await save_level(conn, "douai.test", "friend")
        await save_own_vouch(conn, "douai.test", vouched=True)

    assert (await door.get("/territories")).json["totalItems"] == 2


@pytest.mark.parametrize("path", ["/territories", "/territories/henin.test", "/users/coop/proposals"])
async def test_nothing_is_told_before_the_cooperative_asks_to_be_listed(door: Door, coop: Actor, path: str) -> None:
    await leave(door)

    assert (await door.get(path)).status == 404


async def test_the_cooperative_names_both_lists_only_when_it_is_listed(door: Door, coop: Actor) -> None:
    listed = (await door.get("/users/coop")).json
    node = (await door.get("/nodeinfo/2.1", accept=None)).json
    await leave(door)
    unlisted = (await door.get("/users/coop")).json
    silent_node = (await door.get("/nodeinfo/2.1", accept=None)).json

    url = door.instance.site.url
    assert (listed["territories"], listed["proposals"]) == (f"{url}/territories", f"{url}/users/coop/proposals")
    assert node["metadata"]["territory"]["directory"] == f"{url}/territories"
    assert "territories" not in unlisted and "proposals" not in unlisted
    assert "directory" not in silent_node["metadata"]["territory"]


async def test_open_listings_are_told_whole_and_only_those_for_everybody(door: Door, coop: Actor, alice: Actor) -> None:
    tent = await publish_tent(door, alice)
    for changes in ({"audience": "coop"}, {"audience": "territories"}):
        await publish_tent(door, alice, **changes)
    closed = await publish_tent(door, alice, title="Partie")
    await door.execute("UPDATE listing SET status = 'fulfilled' WHERE post_id = $1", closed.id)

    root, (page,) = await read_pages(door, f"{door.instance.site.url}/users/coop/proposals")

    assert (root["totalItems"], root["attributedTo"]) == (1, coop.uri)
    assert page == [(await door.get(tent.uri)).json]


async def test_the_map_is_geojson_for_everybody_and_names_no_member(door: Door, coop: Actor, alice: Actor) -> None:
    answer = await door.get("/territories.geojson", accept=None)

    assert answer.headers["Content-Type"] == "application/geo+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    features = answer.json["features"]
    assert answer.json["type"] == "FeatureCollection"
    assert [one["id"] for one in features] == [
        door.instance.site.host,
        "hellemmes.test",
        "henin.test",
        "libercourt.test",
        "armentieres.test",
    ]
    assert all(is_feature(one) for one in features)
    assert features[0]["geometry"]["coordinates"] == [2.987, 50.6451]
    assert [one["properties"]["silent"] for one in features] == [False, False, False, False, True]
    assert "alice" not in answer.body.decode()
    again = await door.get("/territories.geojson", accept=None, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


async def test_we_are_on_the_map_for_everybody_only_when_we_ask_to(door: Door, coop: Actor) -> None:
    await leave(door)

    answer = await door.get("/territories.geojson", accept=None)

    assert door.instance.site.host not in [one["id"] for one in answer.json["features"]]


def is_feature(one: dict[str, Any]) -> bool:
    """RFC 7946 §3.2 and §3.1.2: a point of longitude and latitude, in degrees, and properties."""
    longitude, latitude = one["geometry"]["coordinates"]
    return (
        one["type"] == "Feature"
        and one["geometry"]["type"] == "Point"
        and -180 <= longitude <= 180
        and -90 <= latitude <= 90
        and isinstance(one["properties"], dict)
    )


@pytest.mark.parametrize("who", ["blocked", "blocking"])
async def test_co05_proposals_show_a_reader_nothing_of_whoever_blocks_her(
    door: Door, coop: Actor, alice: Actor, bob: Person, who: str
) -> None:
    reader = await door.meet(bob)
    async with transaction(door.instance.pool) as conn:
        carl = await make_local_actor(conn, "carl", **make_here(door.instance, "carl"))
    await publish_tent(door, alice)
    other = await publish_tent(door, carl)
    await door.block(*((alice, reader) if who == "blocked" else (reader, alice)))
    uri = f"{door.instance.site.url}/users/coop/proposals"

    root, [page] = await read_pages(door, uri, reader=bob)
    _, [everybody] = await read_pages(door, uri)

    assert root["totalItems"] == 2, "the same for everybody: it betrays nothing"
    assert [item["id"] for item in page] == [other.uri]
    assert len(everybody) == 2


async def test_co05_whom_the_cooperative_blocks_reads_none_of_its_collections(
    door: Door, coop: Actor, bob: Person
) -> None:
    await door.block(coop, await door.meet(bob))

    for path in ("/users/coop/proposals", "/users/coop/proposals?before=9", "/territories", "/territories/henin.test"):
        assert (await door.get(path, reader=bob)).status == 404
        assert (await door.get(path)).status == 200
