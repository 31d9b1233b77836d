"""Members who are away for a while: their offers rest, here and wherever they are known, until the day they name."""

from datetime import datetime

from models.errors import NotFound
from models.store.database import Connection, execute, fetch_column, fetch_value


async def is_away(conn: Connection, actor_id: int) -> datetime | None:
    """The moment at which this actor is there again; None for whoever is not away."""
    found: datetime | None = await fetch_value(
        conn, "SELECT away_until FROM actor WHERE id = $1 AND away_until > now()", actor_id
    )
    return found


async def set_away(conn: Connection, actor_id: int, until: datetime | None) -> None:
    """Away until then, or back. The caller tells others (outbox/people/absences)."""
    if not await execute(
        conn,
        """
        UPDATE actor SET away_until = $2, updated_at = now()
        WHERE id = $1 AND local AND type <> 'Application' AND deleted_at IS NULL
        """,
        actor_id,
        until,
    ):
        raise NotFound


async def list_back(conn: Connection, *, at: datetime, limit: int) -> list[int]:
    """Our actors whose absence is over and who are still said to be away; locked until the transaction ends."""
    return await fetch_column(
        conn,
        """
        SELECT id FROM actor WHERE local AND away_until <= $1 AND deleted_at IS NULL
        ORDER BY away_until LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        at,
        limit,
    )


async def list_streams(conn: Connection, actor_id: int) -> list[int]:
    """The streams of ours that pass this actor's offers on: their followers hold them."""
    return await fetch_column(
        conn,
        """
        SELECT DISTINCT s.id FROM post p JOIN listing l ON l.post_id = p.id JOIN actor s ON s.uri = l.stream_uri
        WHERE p.author_id = $1 AND p.deleted_at IS NULL AND l.kind = 'offer'
            AND is_standing_status(l.status) AND s.local
        """,
        actor_id,
    )
