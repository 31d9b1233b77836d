"""What happened that streams tell of: written with the fact, read once that is committed, soon forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.store.database import Connection, execute, fetch_records, fetch_value

CHANNEL = "declic_stream"
"""Rung after commits, a few times a second at most (`web.middlewares.work_signals`): a hint to look, never the
truth.
"""

KEPT_SECONDS = 300
"""How long an event stays: whoever has not read for so long has missed some."""

StreamEventKind = Literal["post", "edit", "share", "delete", "notification", "filters"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEvent:
    """A post or share stored, a post edited, one of both gone, somebody told of something, somebody's filters changed.

    `reader_ids` are the only ones of our people who may know of a deletion; None: anybody.
    """

    kind: StreamEventKind
    object_id: int
    reader_ids: list[int] | None = None


async def record(conn: Connection, kind: StreamEventKind, object_id: int) -> None:
    """Write down what the caller's transaction does. Posts, shares and notifications do it in their own statements."""
    await execute(conn, "INSERT INTO stream_event (kind, object_id) VALUES ($1, $2)", kind, object_id)


async def record_many(conn: Connection, kind: StreamEventKind, object_ids: Sequence[int]) -> None:
    """The same for several, in their order."""
    await execute(
        conn,
        """
        INSERT INTO stream_event (kind, object_id)
        SELECT $1, told.id FROM unnest($2::bigint[]) WITH ORDINALITY AS told (id, place) ORDER BY place
        """,
        kind,
        object_ids,
    )


async def read_position(conn: Connection) -> str:
    """Where a reader begins: all that is committed by now lies behind it."""
    found: str = await fetch_value(conn, "SELECT pg_current_snapshot()::text")
    return found


async def list_since(conn: Connection, position: str, limit: int) -> tuple[str, list[StreamEvent]]:
    """The events committed since `position`, in the order in which they were written, and the next position.

    A position is a snapshot: the difference between two of them is exactly what was committed in between, whatever
    the order of ids and however long a transaction took. More than `limit` are cut, so ask for one more than you take.
    """
    rows = await fetch_records(
        conn,
        """
        SELECT pg_current_snapshot()::text AS position, e.kind, e.object_id, e.reader_ids
        FROM (VALUES (1)) AS one LEFT JOIN LATERAL (
            SELECT id, kind, object_id, reader_ids FROM stream_event
            WHERE xid >= pg_snapshot_xmin($1::text::pg_snapshot)
                AND NOT pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
            ORDER BY id LIMIT $2
        ) AS e ON true
        ORDER BY e.id
        """,
        position,
        limit,
    )
    events = [
        StreamEvent(kind=row["kind"], object_id=row["object_id"], reader_ids=row["reader_ids"])
        for row in rows
        if row["kind"] is not None
    ]
    return rows[0]["position"], events


async def prune(conn: Connection) -> int:
    """Forget what everybody has read; a chore."""
    return await execute(
        conn, "DELETE FROM stream_event WHERE created_at < now() - make_interval(secs => $1)", KEPT_SECONDS
    )
