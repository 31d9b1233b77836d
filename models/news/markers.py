"""How far a member has read, the same in all her apps."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.errors import Conflict
from models.store.database import Connection, fetch_all, fetch_one

Marked = Literal["home", "notifications"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """All of a timeline up to this id is read; the version counts the changes."""

    timeline: Marked
    last_read_id: int
    version: int
    updated_at: datetime


async def list_markers(conn: Connection, actor_id: int) -> dict[str, Marker]:
    """Where a member is, by timeline; one that she never marked is not there."""
    rows = await fetch_all(
        conn,
        Marker,
        "SELECT timeline, last_read_id, version, updated_at FROM marker WHERE actor_id = $1",
        actor_id,
    )
    return {row.timeline: row for row in rows}


async def save(conn: Connection, *, actor_id: int, timeline: Marked, last_read_id: int, known_version: int) -> Marker:
    """Move a marker, forwards or back. `known_version` is the one that this is a change of, 0 where there was none.

    Raises Conflict where another app moved it meanwhile.
    """
    saved = await fetch_one(
        conn,
        Marker,
        """
        INSERT INTO marker (actor_id, timeline, last_read_id, version) SELECT $1, $2, $3, $4::integer + 1
        WHERE $4::integer = 0 OR EXISTS (SELECT FROM marker WHERE actor_id = $1 AND timeline = $2)
        ON CONFLICT (actor_id, timeline) DO UPDATE SET last_read_id = excluded.last_read_id,
            version = excluded.version, updated_at = now()
        WHERE marker.version = $4
        RETURNING timeline, last_read_id, version, updated_at
        """,
        actor_id,
        timeline,
        last_read_id,
        known_version,
    )
    if saved is None:
        raise Conflict("marker_conflict")
    return saved
