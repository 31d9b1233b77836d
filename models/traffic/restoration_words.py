"""What others say of what was lost here: names stay taken, some things are taken back, so much for each server."""

from collections.abc import Collection
from datetime import datetime

from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic.restorations import SAID

MOST_NAMES = 1000
"""So many names are taken after a loss; then administrators are told that there may be more."""

MOST_NAMES_OF_HOST = 20
"""So many of them on the word of one server, which could speak of any."""

MOST_TAKEN_BACK = 20
"""So often a day something is taken back on the word of one server: each is signed by a member."""


async def take_names(conn: Connection, host: str, names: Collection[str]) -> list[str]:
    """Of accounts of ours that this server speaks of, take for ever those that nobody has here; which they are.

    Whoever had one came after the backup; somebody else must not speak under her address. Only on the word of a server
    that was known when the backup was made, and a few at most: it can speak of any. What the team gave back stays so.
    """
    taken = await fetch_column(
        conn,
        """
        WITH latest AS (
            SELECT id, names, lost_from FROM restoration WHERE restored_at > now() - $3::interval
            ORDER BY id DESC LIMIT 1
        ), room AS (
            SELECT least($4 - l.names, $5 - coalesce(w.names, 0)) AS names
            FROM latest l LEFT JOIN restoration_word w ON w.restoration_id = l.id AND w.host = $2
            WHERE EXISTS (SELECT FROM actor a WHERE NOT a.local AND a.host = $2 AND a.created_at < l.lost_from)
        ), unknown AS (
            SELECT said FROM room, unnest($1::text[]) AS given (said)
            WHERE NOT EXISTS (SELECT FROM actor WHERE local AND username = said)
                AND NOT EXISTS (SELECT FROM used_username WHERE username = said)
            ORDER BY said LIMIT greatest((SELECT names FROM room), 0)
        )
        INSERT INTO used_username (username, told_by) SELECT said, $2 FROM unknown
        ON CONFLICT DO NOTHING RETURNING username
        """,
        sorted(names),
        host,
        SAID,
        MOST_NAMES,
        MOST_NAMES_OF_HOST,
    )
    if taken:
        await _count_names(conn, host, len(taken))
    return taken


async def _count_names(conn: Connection, host: str, names: int) -> None:
    await execute(
        conn,
        """
        WITH latest AS (
            UPDATE restoration SET names = names + $2::smallint WHERE id = (SELECT max(id) FROM restoration)
            RETURNING id
        )
        INSERT INTO restoration_word AS held (restoration_id, host, names) SELECT id, $1, $2::smallint FROM latest
        ON CONFLICT (restoration_id, host) DO UPDATE SET names = held.names + excluded.names
        """,
        host,
        names,
    )


async def spend_taking_back(conn: Connection, host: str) -> bool:
    """Whether something may be taken back on the word of this server: so often a day."""
    return bool(
        await execute(
            conn,
            """
            INSERT INTO restoration_word AS held (restoration_id, host, taken_back)
            SELECT max(id), $1, 1 FROM restoration HAVING count(*) > 0
            ON CONFLICT (restoration_id, host) DO UPDATE SET day = CURRENT_DATE,
                taken_back = CASE WHEN held.day = CURRENT_DATE THEN held.taken_back ELSE 0 END + 1
            WHERE held.day < CURRENT_DATE OR held.taken_back < $2
            """,
            host,
            MOST_TAKEN_BACK,
        )
    )


async def list_names(conn: Connection) -> list[str]:
    """The names that are taken because another server spoke of them, each with that server: `carol henin.test`."""
    return await fetch_column(
        conn,
        """
        SELECT username || ' ' || told_by FROM used_username WHERE told_by IS NOT NULL AND given_back_at IS NULL
        ORDER BY username
        """,
    )


async def give_back(conn: Connection, name: str) -> datetime | None:
    """Let somebody have this name again; None where it is not one of them."""
    given: datetime | None = await fetch_value(
        conn,
        """
        UPDATE used_username SET given_back_at = now()
        WHERE username = $1 AND told_by IS NOT NULL AND given_back_at IS NULL RETURNING given_back_at
        """,
        name,
    )
    return given
