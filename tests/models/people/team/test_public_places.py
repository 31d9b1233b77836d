"""Places at which anybody may place what she publishes: those that stand open, where they are known."""

import pytest

from models.people.team.public_places import list_public_places
from models.store.database import Connection, execute
from tests.factories import make_member


async def make_place(conn: Connection, username: str) -> int:
    """A place in Lomme, exactly on the map."""
    place = await make_member(conn, username, type="Organization", name=f"La  {username.title()}")
    await execute(
        conn,
        """
        UPDATE actor SET place_name = 'Lomme', postcode = '59160', commune_code = '59355', latitude = 50.64,
            longitude = 2.98, radius = NULL, street = '12 rue des Tisserands' WHERE id = $1
        """,
        place.id,
    )
    return place.id


async def test_places_are_listed_by_name_and_members_are_none(conn: Connection) -> None:
    await make_member(conn, "alice")
    for name in ("remise", "bricole"):
        await make_place(conn, name)

    found = await list_public_places(conn)

    assert [one.username for one in found] == ["bricole", "remise"]
    assert found[1].place.name == "Lomme (La Remise)" and found[1].street == "12 rue des Tisserands"
    assert (found[1].place.latitude, found[1].place.radius) == (50.64, None)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE actor SET suspended_at = now() WHERE id = $1",
        "UPDATE actor SET deleted_at = now() WHERE id = $1",
        "UPDATE actor SET latitude = NULL, longitude = NULL WHERE id = $1",
        "UPDATE actor SET place_name = NULL WHERE id = $1",
        "UPDATE account SET disabled_at = now() WHERE actor_id = $1",
        "UPDATE account SET confirmed_at = NULL WHERE actor_id = $1",
    ],
)
async def test_one_that_is_closed_or_nowhere_is_not_offered(conn: Connection, change: str) -> None:
    id = await make_place(conn, "remise")

    await execute(conn, change, id)

    assert await list_public_places(conn) == []


async def test_the_longest_name_still_fits_a_listing(conn: Connection) -> None:
    id = await make_place(conn, "remise")
    await execute(conn, "UPDATE actor SET name = $2, place_name = $3 WHERE id = $1", id, "x" * 60, "y" * 45)

    [one] = await list_public_places(conn)

    assert len(one.place.name) <= 100
