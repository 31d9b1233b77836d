"""What our own cooperative shows to the directories of others: its open listings."""

from models.store.database import Connection, fetch_column, fetch_value


async def count_open(conn: Connection) -> int:
    """How many listings of ours are open to everybody."""
    return int(
        await fetch_value(
            conn,
            """
            SELECT count(*) FROM listing l JOIN post p ON p.id = l.post_id JOIN actor a ON a.id = p.author_id
            WHERE p.local AND p.deleted_at IS NULL AND p.audience = 'network' AND l.status = 'open' AND NOT l.meeting
                AND a.suspended_at IS NULL AND a.limited_at IS NULL AND a.deleted_at IS NULL
                AND (l.kind <> 'offer' OR a.away_until IS NULL OR a.away_until <= now())
            """,
        )
    )


async def list_open(conn: Connection, *, before: int, limit: int, reader_id: int | None = None) -> list[int]:
    """Their post ids, the newest first, those below `before`.

    A reader does not see those of people whom she blocks, or who block her (CO4).
    """
    return await fetch_column(
        conn,
        """
        SELECT p.id FROM listing l JOIN post p ON p.id = l.post_id JOIN actor a ON a.id = p.author_id
        WHERE p.local AND p.deleted_at IS NULL AND p.audience = 'network' AND l.status = 'open' AND NOT l.meeting
            AND a.suspended_at IS NULL AND a.limited_at IS NULL AND a.deleted_at IS NULL AND p.id < $1
            AND (l.kind <> 'offer' OR a.away_until IS NULL OR a.away_until <= now())
            AND NOT EXISTS (SELECT FROM barred WHERE reader_id = $3 AND author_id = a.id OFFSET 0)
        ORDER BY p.id DESC LIMIT $2
        """,
        before,
        limit,
        reader_id,
    )
