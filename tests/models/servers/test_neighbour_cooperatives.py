"""The cooperatives that this server has met."""

from typing import Any

from models.people.actors import Actor
from models.servers.neighbour_cooperatives import list_known_cooperatives, list_neighbours
from models.store.database import Connection, execute
from tests.factories import make_follow, make_listing, make_member, make_remote_actor


async def make_coop(conn: Connection, host: str, **server: Any) -> Actor:
    """A cooperative elsewhere, whose server was met."""
    coop = await make_remote_actor(conn, "coop", host, type="Organization", name=host)
    await execute(
        conn,
        """
        INSERT INTO server (host, level, last_in_at, unavailable_since)
        VALUES ($1, coalesce($2, 'reader'), now(), CASE WHEN $3 THEN now() END)
        """,
        host,
        server.get("level"),
        server.get("silent", False),
    )
    return coop


async def test_neighbour_tells_what_is_open_there_the_most_frequent_first(conn: Connection) -> None:
    coop = await make_coop(conn, "henin.test", level="friend")
    bob = await make_remote_actor(conn)
    for place, category, status in (
        ("Carvin", "couture", "open"),
        ("Carvin", "couture", "reserved"),
        ("Oignies", "velo", "open"),
        ("Courrières", "velo", "fulfilled"),
    ):
        details: dict[str, Any] = {"place_name": place, "category": category, "status": status}
        await make_listing(conn, bob, territory_uri=coop.uri, **details)

    (found,) = await list_neighbours(conn, None, None)

    assert (found.actor_id, found.host, found.listings, found.friend) == (coop.id, "henin.test", 3, True)
    assert (found.places, found.categories) == (["Carvin", "Oignies"], ["couture", "velo"])
    assert found.heard_at is not None


async def test_neighbour_tells_how_the_reader_and_the_coop_follow_it(conn: Connection) -> None:
    alice, ours = await make_member(conn), await make_member(conn, "nadia")
    await make_coop(conn, "henin.test")
    offers = await make_remote_actor(conn, "offres", "henin.test", type="Group")
    requests = await make_remote_actor(conn, "demandes", "henin.test", type="Group")
    person = await make_remote_actor(conn, "bob", "henin.test")
    await make_follow(conn, alice, offers)
    await make_follow(conn, alice, requests, state="pending")
    await make_follow(conn, alice, person)
    await make_follow(conn, ours, offers)

    (found,) = await list_neighbours(conn, alice.id, ours.id)

    assert (found.followed, found.asked, found.by_coop) == (1, 1, 1)


async def test_silent_ones_come_last_and_those_set_aside_not_at_all(conn: Connection) -> None:
    silent = await make_coop(conn, "lens.test", silent=True, level="friend")
    heard = await make_coop(conn, "henin.test", level="friend")
    await make_coop(conn, "spam.test", level="aside")
    await make_remote_actor(conn, "bakery", "shop.test", type="Organization")

    met = await list_known_cooperatives(conn)
    neighbours = await list_neighbours(conn, None, None)

    assert [(one.actor_id, one.awake) for one in met] == [(heard.id, True), (silent.id, False)]
    assert [one.actor_id for one in neighbours] == [heard.id, silent.id]


async def test_nobody_comes_on_the_list_by_knocking(conn: Connection) -> None:
    stranger = await make_coop(conn, "spam.test")
    await make_listing(conn, await make_remote_actor(conn, "bob", "spam.test"), territory_uri=stranger.uri)

    met = await list_known_cooperatives(conn)
    neighbours = await list_neighbours(conn, None, None)

    assert (met, neighbours) == ([], [])


async def test_who_is_on_the_map_is_listed_with_what_its_own_server_tells(conn: Connection) -> None:
    coop = await make_coop(conn, "henin.test")
    await execute(
        conn,
        """
        INSERT INTO territory (host, domain, accepted_at, silent, offers, requests, open_proposals, latitude, longitude)
        VALUES ('henin.test', 'henin.test', now(), true, 4, 2, 58, 50.42, 2.95)
        """,
    )

    (found,) = await list_neighbours(conn, None, None)

    assert [one.actor_id for one in await list_known_cooperatives(conn)] == [coop.id]
    assert (found.on_map, found.grey, found.listings, found.stated) == (True, True, 0, 58)
    assert (found.stated_kinds, found.kinds, found.latitude) == ([4, 2, 0], [0, 0, 0], 50.42)
