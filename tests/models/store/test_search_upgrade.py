"""What was kept before listings were found by commune and by days gets what those searches look at."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.listings import listings, unavailabilities
from models.listings.unavailabilities import Range
from models.places.geometry import blur
from models.store import migrate
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_listing, make_member, make_remote_actor
from tests.sample_territory import set_territory

FOLDER = Path(migrate.__file__).parent / "migrations"


async def rerun(conn: Connection, name: str, until: str) -> None:
    """What a migration does, once more, up to its first words `until`."""
    text = (FOLDER / f"{name}.sql").read_text()
    await execute(conn, text[: text.index(until)])


async def test_communes_of_listings_from_elsewhere_are_known_by_name_and_postcode(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    places = [("CARVIN", "62220"), ("Carvin", "59000"), ("Lomme", None), (None, None)]
    made = [
        (await make_listing(conn, bob, commune_code=None, place_name=name, postcode=postcode)).id
        for name, postcode in places
    ]
    await set_territory(conn)

    await rerun(conn, "0207_communes_of_listings", "CREATE INDEX")

    kept = await listings.list_by_posts(conn, made)
    assert [kept[id].details.commune_code for id in made] == ["62215", None, None, None]


async def test_copies_that_showed_homes_show_their_cells(conn: Connection) -> None:
    bob, place = await make_remote_actor(conn), await make_remote_actor(conn, "lieu", type="Organization")
    exact: dict[str, Any] = {"latitude": 50.64961, "longitude": 2.98434}
    made = [await make_listing(conn, author, **exact, radius=radius) for author, radius in
        ((bob, None), (bob, 100), (bob, 2000), (place, None), (await make_member(conn), None))]  # fmt: skip

    await execute(conn, (FOLDER / "0227_blurred_copies.sql").read_text())

    kept = await listings.list_by_posts(conn, [one.id for one in made])
    shown = [kept[one.id].details for one in made]
    there, cell = (*exact.values(), None), (*blur(*exact.values()), 500)
    assert [(one.latitude, one.longitude, one.radius) for one in shown] == [
        cell, cell, (*exact.values(), 2000), there, there,
    ]  # fmt: skip


async def test_calendars_from_elsewhere_keep_their_days(conn: Connection) -> None:
    tent, empty = [await make_listing(conn, await make_remote_actor(conn)) for _ in range(2)]
    for listing in (tent, empty):
        await unavailabilities.save_copy(conn, listing.id, [], "a")
    days = [datetime(2027, 5, day, tzinfo=UTC) for day in (1, 3, 10, 12)]
    await execute(conn, "DROP TABLE calendar_copy_range")
    await execute(conn, "ALTER TABLE calendar_copy ADD COLUMN ranges jsonb NOT NULL DEFAULT '[]'")
    await execute(
        conn,
        "UPDATE calendar_copy SET ranges = $2 WHERE listing_id = $1",
        tent.id,
        [[days[2].isoformat(), days[3].isoformat()], [days[0].isoformat(), days[1].isoformat()]],
    )

    await rerun(conn, "0208_taken_ranges", "CREATE INDEX")

    at = datetime(2027, 4, 1, tzinfo=UTC)
    told = await unavailabilities.load_calendar(conn, tent, at=at)
    assert told.ranges == (Range(begins_at=days[0], ends_at=days[1]), Range(begins_at=days[2], ends_at=days[3]))
    nothing = await unavailabilities.load_calendar(conn, empty, at=at)
    assert (nothing.known, nothing.ranges) == (True, ())
    assert await fetch_value(conn, "SELECT count(*) FROM calendar_copy") == 2
