"""Calendars that members follow from their own programs: under which number, and what stands there."""

from datetime import datetime

from models.exchanges.agreements import Agreement
from models.store.database import Connection, execute, fetch_all, fetch_value

MOST = 500
"""Agreements on one calendar."""


async def find_version(conn: Connection, actor_id: int) -> int | None:
    """The number in the address of this member's calendar; None while nobody follows it."""
    found: int | None = await fetch_value(conn, "SELECT version FROM calendar_feed WHERE actor_id = $1", actor_id)
    return found


async def open(conn: Connection, actor_id: int) -> None:
    """Give the calendar an address, or another one: the one before leads nowhere from now on."""
    await execute(
        conn,
        """
        INSERT INTO calendar_feed (actor_id, version) VALUES ($1, (extract(epoch FROM now()))::integer)
        ON CONFLICT (actor_id) DO UPDATE SET version = greatest(calendar_feed.version + 1, excluded.version)
        """,
        actor_id,
    )


async def close(conn: Connection, actor_id: int) -> None:
    """Nobody follows the calendar any more."""
    await execute(conn, "DELETE FROM calendar_feed WHERE actor_id = $1", actor_id)


async def list_dated(conn: Connection, actor_id: int, *, since: datetime) -> list[Agreement]:
    """What stands on somebody's calendar that is not over since then: asked for, settled, or called off after that."""
    return await fetch_all(
        conn,
        Agreement,
        """
        SELECT a.* FROM (
            SELECT id FROM exchange WHERE owner_id = $1 UNION ALL SELECT id FROM exchange WHERE partner_id = $1
        ) AS e JOIN full_agreement a ON a.exchange_id = e.id
        WHERE a.begins_at IS NOT NULL AND coalesce(a.ends_at, a.begins_at) > $2
            AND (is_live_state(a.state) OR a.state = 'done' OR a.agreed_at IS NOT NULL)
        ORDER BY a.begins_at DESC LIMIT $3
        """,
        actor_id,
        since,
        MOST,
    )
