"""Whom a call is told to: by its reach, by how far each one goes, by what she repairs, and not while she pauses."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.people.actors import Actor
from models.repairs.calls import figures, told, watches
from models.repairs.calls.reaches import Reach
from models.repairs.calls.watches import RepairWatch
from models.store.database import Connection, execute, fetch_column
from tests.factories import make_listing, make_member, make_remote_actor

CALL = (50.645, 2.987)
"""In Lomme, of which the call says its commune."""

DISTANCES = {"2km": 0.018, "4km": 0.036, "7km": 0.063, "12km": 0.108, "20km": 0.18, "40km": 0.36}
"""Degrees to the north."""

WATCH = RepairWatch(by_mail=True, at_night=False, furthest=30)


async def make_repairer(conn: Connection, name: str, far: str, code: str | None = None, **changes: Any) -> Actor:
    """Somebody who repairs, so far from the call, of this commune."""
    member = await make_member(conn, name)
    await execute(
        conn,
        "UPDATE actor SET latitude = $2, longitude = $3 WHERE id = $1",
        member.id,
        CALL[0] + DISTANCES[far],
        CALL[1],
    )
    await execute(conn, "UPDATE account SET default_commune_code = $2 WHERE actor_id = $1", member.id, code)
    await watches.save(conn, member.id, replace(WATCH, **changes))
    return member


async def tell(conn: Connection, reach: Reach | None, **details: Any) -> list[str]:
    """Who is told of a call with this reach."""
    caller = await make_remote_actor(conn, f"caller{datetime.now(UTC).timestamp()}".replace(".", ""))
    call = await make_listing(conn, caller, **({"kind": "repair_call", "mode": "repair", "repair": {}} | details))
    ids = await told.tell(conn, call, reach)
    return await fetch_column(conn, "SELECT username FROM actor WHERE id = ANY($1) ORDER BY username", ids)


@pytest.fixture
async def communes(conn: Connection) -> None:
    await execute(
        conn,
        """
        INSERT INTO commune (code, name, search_name, postcodes, department, region, epci_code, epci_name, precision,
            kind, latitude, longitude)
        VALUES ('59355', 'Lomme', ' lomme', '{59160}', '59', '32', 'mel', 'MEL', 'exact', 'associated', 50.64, 2.98),
            ('59378', 'Marcq', ' marcq', '{59700}', '59', '32', 'mel', 'MEL', 'exact', 'commune', 50.67, 3.09),
            ('59400', 'Merville', ' merville', '{59660}', '59', '32', 'ccfl', 'CCFL', 'exact', 'commune', 50.6, 2.6)
        """,
    )


@pytest.mark.parametrize(
    ("reach", "names"),
    [
        ("3km", ["near"]),
        (None, ["near", "town"]),
        ("8km", ["edge", "near", "town"]),
        ("epci", ["edge", "metropole", "near", "town"]),
        ("friends", ["edge", "metropole", "near", "other", "town"]),
    ],
)
async def test_a_reach_is_a_circle_or_the_federation_of_communes(
    conn: Connection, communes: None, reach: Reach | None, names: list[str]
) -> None:
    await make_repairer(conn, "near", "2km")
    await make_repairer(conn, "town", "4km", "59400")
    await make_repairer(conn, "edge", "7km")
    await make_repairer(conn, "metropole", "12km", "59378")
    await make_repairer(conn, "other", "20km", "59400")
    await make_repairer(conn, "far", "40km", "59378")

    assert await tell(conn, reach) == names


@pytest.mark.parametrize(("furthest", "known"), [(3, False), (8, False), (15, True), (30, True)])
async def test_nobody_is_told_of_what_is_further_than_she_goes(
    conn: Connection, communes: None, furthest: int, known: bool
) -> None:
    await make_repairer(conn, "awa", "12km", "59378", furthest=furthest)

    assert await tell(conn, "friends") == (["awa"] if known else [])
    assert await watches.count_near(conn, *CALL) == int(known)


@pytest.mark.parametrize(
    ("repair", "names"),
    [
        ({"interventions": ["brakes"]}, ["all", "brakes", "cargo"]),
        ({"interventions": ["brakes", "chain"], "bike_type": "cargo"}, ["all", "brakes", "cargo", "chain"]),
        ({"interventions": ["wheel"], "bike_type": "ebike"}, ["all"]),
        ({"interventions": ["diagnosis"], "bike_type": "cargo"}, ["all", "brakes", "cargo", "chain"]),
        ({}, ["all", "brakes", "cargo", "chain"]),
        ({"interventions": ["wheel"]}, ["all", "cargo"]),
    ],
)
async def test_who_repairs_something_else_is_not_told(
    conn: Connection, repair: dict[str, Any], names: list[str]
) -> None:
    await make_repairer(conn, "all", "2km")
    await make_repairer(conn, "brakes", "2km", organs=["brakes", "lights"])
    await make_repairer(conn, "chain", "2km", organs=["chain"])
    await make_repairer(conn, "cargo", "2km", bike_types=["cargo"])

    assert await tell(conn, "3km", repair=repair) == names


async def test_who_pauses_is_told_of_nothing_until_it_is_over(conn: Connection) -> None:
    now = datetime.now(UTC)
    await make_repairer(conn, "paused", "2km", paused_until=now + timedelta(days=1))
    await make_repairer(conn, "back", "2km", paused_until=now - timedelta(minutes=1))

    assert await tell(conn, "3km") == ["back"]
    assert await watches.count_near(conn, *CALL) == 1


async def test_opening_counts_once_and_only_for_who_was_told(conn: Connection) -> None:
    awa, other = await make_repairer(conn, "awa", "2km"), await make_member(conn, "other")
    call = await make_listing(conn, await make_member(conn, "hocine"), kind="repair_call", mode="repair", repair={})
    assert await told.tell(conn, call, "3km") == [awa.id] and await told.list_unopened(conn, call.id) == [awa.id]

    assert [await told.note_opened(conn, call.id, one) for one in (awa.id, awa.id, other.id)] == [True, False, False]

    found = await figures.load(conn, call.id)
    assert (found.notified, found.opened) == (1, 1) and await told.list_unopened(conn, call.id) == []
