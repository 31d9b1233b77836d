"""The order of a day that somebody put by hand: kept until the day is over, new stops come at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.store.database import Connection, execute, fetch_all, fetch_value


@dataclass(frozen=True, slots=True, kw_only=True)
class TourOrder:
    """A day and the keys of its stops."""

    day: date
    stops: Sequence[str]


async def find(conn: Connection, actor_id: int, day: date) -> Sequence[str] | None:
    """The keys of the stops in the order that was put by hand; None where nobody did."""
    found: Sequence[str] | None = await fetch_value(
        conn, "SELECT stops FROM tour_order WHERE actor_id = $1 AND day = $2", actor_id, day
    )
    return found


async def save(conn: Connection, actor_id: int, day: date, stops: Sequence[str]) -> None:
    """From now on in this order."""
    await execute(
        conn,
        """
        INSERT INTO tour_order (actor_id, day, stops) VALUES ($1, $2, $3)
        ON CONFLICT (actor_id, day) DO UPDATE SET stops = excluded.stops
        """,
        actor_id,
        day,
        list(stops),
    )


async def forget(conn: Connection, actor_id: int, day: date) -> None:
    """By hours and on the map again."""
    await execute(conn, "DELETE FROM tour_order WHERE actor_id = $1 AND day = $2", actor_id, day)


async def forget_over(conn: Connection) -> int:
    """Orders of days that are over; how many."""
    return await execute(conn, "DELETE FROM tour_order WHERE day < current_date - 1")


async def list_own(conn: Connection, actor_id: int) -> list[TourOrder]:
    """Those that are kept of somebody."""
    return await fetch_all(
        conn, TourOrder, "SELECT day, stops FROM tour_order WHERE actor_id = $1 ORDER BY day", actor_id
    )
