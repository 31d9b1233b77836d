"""Posts of ours that are put away or shown again, and whether those elsewhere who have them were told so."""

from models.store.database import Connection, execute, fetch_column, fetch_value


async def list_untold(conn: Connection, author_id: int, *, limit: int) -> list[int]:
    """What this author published whose copies elsewhere do not stand as it stands here, the oldest first.

    What never left is not among them.
    """
    return await fetch_column(
        conn,
        """
        SELECT p.id FROM post p
        WHERE p.author_id = $1 AND p.local AND (p.hidden_at IS NOT NULL) <> p.withheld AND p.deleted_at IS NULL
            AND EXISTS (SELECT FROM activity a WHERE a.object_uri = p.uri AND a.type IN ('Create', 'Update'))
        ORDER BY p.id LIMIT $2
        """,
        author_id,
        limit,
    )


async def list_untold_authors(conn: Connection, *, limit: int) -> list[int]:
    """Whose posts others are still to be told of."""
    return await fetch_column(
        conn,
        """
        SELECT DISTINCT p.author_id FROM post p
        WHERE p.local AND (p.hidden_at IS NOT NULL) <> p.withheld AND p.deleted_at IS NULL
            AND EXISTS (SELECT FROM activity a WHERE a.object_uri = p.uri AND a.type IN ('Create', 'Update'))
        LIMIT $1
        """,
        limit,
    )


async def mark_told(conn: Connection, post_id: int) -> bool:
    """Others are told of it as it stands now, in this transaction. False where that is so already.

    What is shown again is newer than what was told of it last: others drop an edit that is not (AX7).
    """
    return bool(
        await execute(
            conn,
            """
            UPDATE post SET withheld = hidden_at IS NOT NULL,
                updated_at = CASE WHEN hidden_at IS NULL
                    THEN greatest(clock_timestamp(), coalesce(updated_at, published_at) + interval '1 millisecond')
                    ELSE updated_at END
            WHERE id = $1 AND (hidden_at IS NOT NULL) <> withheld AND deleted_at IS NULL
            """,
            post_id,
        )
    )


async def has_left(conn: Connection, uri: str) -> bool:
    """Whether others were ever sent this post of ours."""
    return bool(
        await fetch_value(
            conn,
            "SELECT EXISTS (SELECT FROM activity WHERE object_uri = $1 AND type IN ('Create', 'Update'))",
            uri,
        )
    )


async def tell_streams(conn: Connection, hidden: list[int], shown: list[int]) -> None:
    """Open streams take away what is hidden, with its shares; what is shown again changes where it stands."""
    await execute(
        conn,
        """
        INSERT INTO stream_event (kind, object_id)
        SELECT 'delete', id FROM unnest($1::bigint[]) AS post (id)
        UNION ALL SELECT 'delete', s.id FROM share s WHERE s.post_id = ANY($1)
        UNION ALL SELECT 'edit', id FROM unnest($2::bigint[]) AS post (id)
        """,
        hidden,
        shown,
    )
