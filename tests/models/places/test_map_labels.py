"""The communes that a drawn map shows."""

from models.places.geometry import Box
from models.places.map_labels import list_landmarks
from models.store.database import Connection, execute
from tests.sample_territory import set_territory

AROUND_LILLE = Box(south=50.3, west=2.5, north=50.8, east=3.5)


async def test_each_cell_shows_its_largest_commune(conn: Connection) -> None:
    await set_territory(conn)

    found = await list_landmarks(conn, AROUND_LILLE, cells=4)

    assert [one.name for one in found] == ["Lille", "Lomme", "Hénin-Beaumont", "Carvin"]


async def test_commune_that_is_placed_roughly_or_outside_is_left_out(conn: Connection) -> None:
    await set_territory(conn)
    await execute(conn, "UPDATE commune SET precision = 'department' WHERE name = 'Lille'")

    found = await list_landmarks(conn, Box(south=50.6, west=2.5, north=50.8, east=3.5), cells=1)

    assert [one.name for one in found] == ["Lambersart"]


async def test_a_part_of_a_commune_is_named_where_that_is_asked_for(conn: Connection) -> None:
    await set_territory(conn)
    await execute(conn, "UPDATE commune SET kind = 'associated' WHERE name = 'Lomme'")

    without = await list_landmarks(conn, AROUND_LILLE, cells=4)
    within = await list_landmarks(conn, AROUND_LILLE, cells=4, parts=True)

    assert {one.name for one in within} - {one.name for one in without} == {"Lomme"}
