"""What stands on a map: the listings of the list that have a place, where others may know them to be, and no other."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models.people.actors import Actor
from models.relations.blocking import blocks, mutes
from models.searches import NetworkFilter, fit_query, list_network
from models.searches.points import POINTS, MapPoints, count_unplaced, list_points
from models.store.database import Connection, execute
from tests.factories import make_listing, make_member, make_remote_actor
from tests.models.marks import mark_deleted, mark_gone

LOMME, CARVIN = (50.645, 2.987), (50.491, 2.958)

AROUND_LOMME = (50.6, 2.9, 50.7, 3.1)


async def find(conn: Connection, **filter: Any) -> list[int]:
    return [point.id for point in (await read(conn, NetworkFilter(**filter))).points]


async def read(conn: Connection, filter: NetworkFilter, *, limit: int = POINTS) -> MapPoints:
    return await list_points(conn, filter, await fit_query(conn, filter), limit=limit)


async def count_nowhere(conn: Connection, **filter: Any) -> int:
    narrow = NetworkFilter(**filter)
    return await count_unplaced(conn, narrow, await fit_query(conn, narrow))


async def test_a_listing_is_a_point_with_what_its_mark_says(conn: Connection) -> None:
    listing = await make_listing(conn, await make_member(conn), title="Tente", latitude=50.645, longitude=2.987)

    (point,) = (await read(conn, NetworkFilter())).points

    assert (point.id, point.title, point.kind, point.mode) == (listing.id, "Tente", "offer", "loan")
    assert (point.place_name, point.latitude, point.longitude, point.radius) == ("Lomme", 50.645, 2.987, 500)
    assert (point.local, point.url) == (True, listing.post.url)


async def test_filters_and_bounds_narrow_together(conn: Connection) -> None:
    alice = await make_member(conn)
    near = await make_listing(conn, alice, mode="gift")
    other = await make_listing(conn, alice, title="Chaise")
    far = await make_listing(conn, alice, mode="gift", latitude=CARVIN[0], longitude=CARVIN[1])

    assert await find(conn) == [far.id, other.id, near.id]
    assert await find(conn, modes=("gift",)) == [far.id, near.id]
    assert await find(conn, bounds=AROUND_LOMME) == [other.id, near.id]
    assert await find(conn, bounds=AROUND_LOMME, modes=("gift",)) == [near.id]
    assert await find(conn, text="chaise", bounds=AROUND_LOMME) == [other.id]
    assert await find(conn, latitude=LOMME[0], longitude=LOMME[1], radius=5.0) == [other.id, near.id]


async def test_only_so_many_stand_there_and_it_is_said_that_there_are_more(conn: Connection) -> None:
    alice = await make_member(conn)
    made = [(await make_listing(conn, alice)).id for _ in range(3)]

    all_of_them = await read(conn, NetworkFilter(), limit=3)
    some = await read(conn, NetworkFilter(), limit=2)

    assert (all_of_them.complete, len(all_of_them.points)) == (True, 3)
    assert (some.complete, [point.id for point in some.points]) == (False, [made[2], made[1]])


async def test_what_lies_nowhere_is_counted_unless_a_place_is_asked_for(conn: Connection) -> None:
    alice = await make_member(conn)
    nowhere = {"latitude": None, "longitude": None, "radius": None, "place_name": None, "commune_code": None}
    await make_listing(conn, alice, **nowhere)
    await make_listing(conn, alice, **nowhere, mode="gift")
    await make_listing(conn, alice)

    assert len(await find(conn)) == 1
    assert await count_nowhere(conn) == 2
    assert await count_nowhere(conn, modes=("gift",)) == 1
    assert await count_nowhere(conn, latitude=LOMME[0], longitude=LOMME[1]) == 2
    places: tuple[dict[str, Any], ...] = (
        {"bounds": AROUND_LOMME},
        {"communes": ("59355",)},
        {"epcis": ("200093201",)},
        {"latitude": LOMME[0], "longitude": LOMME[1], "radius": 5.0},
    )
    assert [await count_nowhere(conn, **asked) for asked in places] == [0, 0, 0, 0]


Change = Callable[[Connection, Actor, Any], Awaitable[object]]


async def close(conn: Connection, _: Actor, listing: Any) -> None:
    await execute(conn, "UPDATE listing SET status = 'fulfilled' WHERE post_id = $1", listing.id)


async def keep_for(conn: Connection, listing: Any, audience: str) -> None:
    await execute(conn, "UPDATE post SET audience = $2 WHERE id = $1", listing.id, audience)


async def leave(conn: Connection, author: Actor, _: Any) -> None:
    await execute(conn, "UPDATE actor SET away_until = now() + interval '1 week' WHERE id = $1", author.id)


GONE: dict[str, Change] = {
    "taken back": lambda conn, author, listing: mark_deleted(conn, listing.post),
    "its author suspended": lambda conn, author, listing: mark_gone(conn, author, "suspended_at"),
    "done": close,
    "waiting, of a stranger": lambda conn, author, listing: keep_for(conn, listing, "unlisted"),
    "for followers": lambda conn, author, listing: keep_for(conn, listing, "followers"),
    "its author away": leave,
}


@pytest.mark.parametrize("change", GONE.values(), ids=GONE)
async def test_what_leaves_the_list_leaves_the_map(conn: Connection, change: Change) -> None:
    author = await make_remote_actor(conn)
    listing = await make_listing(conn, author)
    assert await find(conn) == [listing.id]

    await change(conn, author, listing)

    assert not await list_network(conn, NetworkFilter(reader_local=True))
    assert await find(conn, reader_local=True) == []


async def test_it_hides_whom_the_reader_blocked_or_muted(conn: Connection) -> None:
    reader, bob, carol = await make_member(conn), await make_remote_actor(conn), await make_remote_actor(conn, "carol")
    await make_listing(conn, bob)
    await make_listing(conn, carol)

    await blocks.save(conn, uri="https://lomme.test/b", actor_id=reader.id, target_id=bob.id)
    await mutes.save(conn, actor_id=reader.id, target_id=carol.id)

    assert await find(conn, reader_id=reader.id, reader_local=True) == []
    assert len(await find(conn)) == 2


async def test_members_also_see_what_is_for_the_cooperative(conn: Connection) -> None:
    listing = await make_listing(conn, await make_member(conn), post={"audience": "coop"})

    assert await find(conn) == []
    assert await find(conn, reader_local=True) == [listing.id]
