"""Actors of other servers whose inbox says that it is no more: after a while nothing is sent there (HT8)."""

from datetime import datetime

from models.store.database import Connection, execute


async def save(conn: Connection, inbox: str, *, certain: bool, at: datetime) -> int:
    """This personal inbox answered 410 (`certain`) or 404; how many follows ended by it.

    The first answer of each kind is remembered. A 410 ends what its actor follows when it is repeated a day later, a
    404 when nothing else came for thirty days: either may be a mistake of a server in trouble.
    """
    await execute(
        conn,
        """
        UPDATE actor SET missing_since = coalesce(missing_since, $2),
            gone_since = CASE WHEN $3 THEN coalesce(gone_since, $2) ELSE gone_since END
        WHERE inbox = $1 AND NOT local AND (missing_since IS NULL OR ($3 AND gone_since IS NULL))
        """,
        inbox,
        at,
        certain,
    )
    return await execute(
        conn,
        """
        DELETE FROM follow USING actor a
        WHERE a.id = follow.follower_id AND a.inbox = $1 AND NOT a.local
            AND (($3 AND a.gone_since <= $2::timestamptz - interval '1 day')
                OR a.missing_since <= $2::timestamptz - interval '30 days')
        """,
        inbox,
        at,
        certain,
    )


async def forget(conn: Connection, inboxes: list[str]) -> None:
    """These personal inboxes take what they get."""
    if inboxes:
        await execute(
            conn,
            """
            UPDATE actor SET gone_since = NULL, missing_since = NULL
            WHERE inbox = ANY($1) AND (gone_since IS NOT NULL OR missing_since IS NOT NULL)
            """,
            inboxes,
        )
