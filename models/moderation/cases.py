"""Cases: what was reported, held or decided about one person, looked at together until it is closed."""

from dataclasses import dataclass
from datetime import datetime

from models.ids import make_id
from models.store.database import Connection, fetch_one, fetch_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What waits about one person, or did; `holder_id` looks at it until `held_until`."""

    id: int
    actor_id: int | None
    actor_name: str
    opened_at: datetime
    latest_at: datetime
    closed_at: datetime | None
    holder_id: int | None
    held_until: datetime | None


async def open_case(conn: Connection, actor_id: int | None, name: str = "") -> int:
    """The id of the open case about this actor, to which something is added now; a new one where none is open."""
    found: int = await fetch_value(
        conn,
        """
        INSERT INTO moderation_case (id, actor_id, actor_name) VALUES ($1, $2, $3)
        ON CONFLICT (actor_id) WHERE closed_at IS NULL DO UPDATE SET latest_at = now()
        RETURNING id
        """,
        make_id(),
        actor_id,
        name,
    )
    return found


async def find(conn: Connection, id: int, reader_id: int) -> Case | None:
    """The case, unless it is about the reader herself."""
    return await fetch_one(
        conn,
        Case,
        """
        SELECT id, actor_id, actor_name, opened_at, latest_at, closed_at, holder_id, held_until
        FROM moderation_case WHERE id = $1 AND actor_id IS DISTINCT FROM $2
        """,
        id,
        reader_id,
    )
