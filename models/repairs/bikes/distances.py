"""Kilometres of a bike: what its owner told when she liked, and what is guessed from it in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.store.database import Connection, execute, fetch_all

MOST_DISTANCES = 100
"""Of one bike: the oldest give way."""

FARTHEST_AHEAD = 365
"""Days after the last word for which one still guesses; after these the guess stands still."""

SHORTEST = 7
"""Days between two words from which one may guess: a week-end says nothing of a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """What the counter said on that day."""

    bike_id: int
    told_on: date
    kilometres: int


def guess(told: Sequence[Distance], on: date) -> int | None:
    """How far the bike has come by then, straight on from what was told, the oldest first; None without a word."""
    if not told:
        return None
    first, last = told[0], told[-1]
    days, ridden = (last.told_on - first.told_on).days, last.kilometres - first.kilometres
    if days < SHORTEST or on <= last.told_on:
        return last.kilometres
    return last.kilometres + ridden * min((on - last.told_on).days, FARTHEST_AHEAD) // days


async def tell(conn: Connection, bike_id: int, on: date, kilometres: int) -> None:
    """She says what the counter says. What cannot be true beside it goes: a mistake, or a counter that began anew."""
    await execute(
        conn,
        """
        DELETE FROM bike_distance
        WHERE bike_id = $1 AND (told_on <= $2 AND kilometres > $3 OR told_on >= $2 AND kilometres < $3)
        """,
        bike_id,
        on,
        kilometres,
    )
    await execute(
        conn,
        """
        INSERT INTO bike_distance (bike_id, told_on, kilometres) VALUES ($1, $2, $3)
        ON CONFLICT (bike_id, told_on) DO UPDATE SET kilometres = EXCLUDED.kilometres
        """,
        bike_id,
        on,
        kilometres,
    )
    await execute(
        conn,
        """
        DELETE FROM bike_distance WHERE bike_id = $1 AND told_on <= (
            SELECT told_on FROM bike_distance WHERE bike_id = $1 ORDER BY told_on DESC OFFSET $2 LIMIT 1)
        """,
        bike_id,
        MOST_DISTANCES,
    )
    await _show_last(conn, bike_id)


async def _show_last(conn: Connection, bike_id: int) -> None:
    """The bike says the last word; reminders that count kilometres and knew none begin with it."""
    await execute(
        conn,
        """
        UPDATE bike SET kilometres = d.kilometres, kilometres_on = d.told_on
        FROM (SELECT * FROM bike_distance WHERE bike_id = $1 ORDER BY told_on DESC LIMIT 1) AS d WHERE bike.id = $1
        """,
        bike_id,
    )
    await execute(
        conn,
        """
        UPDATE bike_reminder SET since_km = b.kilometres FROM bike b
        WHERE b.id = $1 AND bike_id = $1 AND every_km IS NOT NULL
            AND (since_km IS NULL OR since_km > b.kilometres)
        """,
        bike_id,
    )


async def map_by_bike(conn: Connection, bike_ids: Sequence[int]) -> dict[int, list[Distance]]:
    """What was told of these bikes, the oldest first."""
    found: dict[int, list[Distance]] = {id: [] for id in bike_ids}
    for one in await fetch_all(
        conn,
        Distance,
        "SELECT * FROM bike_distance WHERE bike_id = ANY($1) ORDER BY bike_id, told_on",
        list(bike_ids),
    ):
        found[one.bike_id].append(one)
    return found
