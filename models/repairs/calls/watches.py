"""Members who want to be told of repair calls: what they repair, how far they go, and when they rest.

Distances are from the place that a member's profile shows, else from the middle of the commune that she named.
"""

from dataclasses import dataclass, field
from datetime import datetime

from models.places import geometry
from models.repairs.calls.reaches import FARTHEST
from models.store.database import Connection, execute, fetch_one, fetch_value
from models.store.statements import name_values

FURTHEST = (3, 8, 15, 30)
"""Kilometres that somebody may choose to be told within; the last one is FARTHEST."""

USUAL_FURTHEST = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairWatch:
    """How a member is told: always by news and by push to her apps, by mail too unless she does not want it.

    `organs` and `bike_types` are what she repairs, all of it where none is named; `furthest` is in kilometres. Mails
    and pushes wait in her quiet hours, by the clock in Paris; with `at_night` not what cannot wait.
    """

    by_mail: bool
    at_night: bool
    organs: list[str] = field(default_factory=list)
    bike_types: list[str] = field(default_factory=list)
    furthest: int = USUAL_FURTHEST
    paused_until: datetime | None = None
    quiet_from: int = 22
    quiet_until: int = 7


async def find(conn: Connection, actor_id: int) -> RepairWatch | None:
    """How this member wants to be told of calls; None where she does not."""
    return await fetch_one(
        conn,
        RepairWatch,
        """
        SELECT by_mail, at_night, organs, bike_types, furthest, paused_until, quiet_from, quiet_until
        FROM repair_watch WHERE actor_id = $1
        """,
        actor_id,
    )


_SAVE = name_values(
    """
    INSERT INTO repair_watch (actor_id, by_mail, at_night, organs, bike_types, furthest, paused_until, quiet_from,
        quiet_until)
    VALUES (:actor_id, :by_mail, :at_night, :organs, :bike_types, :furthest, :paused_until, :quiet_from, :quiet_until)
    ON CONFLICT (actor_id) DO UPDATE SET by_mail = excluded.by_mail, at_night = excluded.at_night,
        organs = excluded.organs, bike_types = excluded.bike_types, furthest = excluded.furthest,
        paused_until = excluded.paused_until, quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until
    """,
    RepairWatch,
    also=["actor_id"],
)


async def save(conn: Connection, actor_id: int, watch: RepairWatch) -> None:
    """This member wants to be told so."""
    await execute(conn, _SAVE.sql, *_SAVE.args(watch, actor_id=actor_id))


async def remove(conn: Connection, actor_id: int) -> None:
    """She does not want to be told any more."""
    await execute(conn, "DELETE FROM repair_watch WHERE actor_id = $1", actor_id)


async def stop_mails(conn: Connection, actor_id: int) -> None:
    """She wants no more mails about calls; her news still tell of them."""
    await execute(conn, "UPDATE repair_watch SET by_mail = false WHERE actor_id = $1", actor_id)


async def count_near(conn: Connection, latitude: float, longitude: float) -> int:
    """How many members are told of a call at this place sooner or later, whatever is broken."""
    box = geometry.bounding_box(latitude, longitude, FARTHEST)
    return int(
        await fetch_value(
            conn,
            """
            SELECT count(*) FROM watching_repairer
            WHERE latitude BETWEEN $3 AND $5 AND longitude BETWEEN $4 AND $6
                AND 2 * 6371000 * asin(least(1, sqrt(sin(radians(latitude - $1) / 2) ^ 2
                    + sin(radians(longitude - $2) / 2) ^ 2 * cos(radians($1)) * cos(radians(latitude)))))
                    <= furthest * 1000
            """,
            latitude,
            longitude,
            box.south,
            box.west,
            box.north,
            box.east,
        )
    )
