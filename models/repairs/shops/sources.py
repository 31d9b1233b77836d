"""The lists of shops of friend cooperatives: when each is read next, and whom it names. Who is named no more goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store.database import Connection, execute, fetch_all, fetch_column

ASK_EVERY = timedelta(hours=6)

MOST_LISTED = 200
"""Shops of one cooperative that are kept."""

AT_ONCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A friend cooperative whose list is to be read now; `uri` and `etag` are those of the one that we hold."""

    cooperative_id: int
    cooperative_uri: str
    uri: str | None
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedShop:
    """One line of such a list, as it is kept."""

    shop_id: int
    collective_uri: str | None
    charter_version: int | None
    published_at: datetime | None


async def claim_due(conn: Connection) -> list[Source]:
    """Those that it is time for, each taken by one; friends that are new are, and who is no friend any more is none."""
    await execute(
        conn,
        """
        DELETE FROM repair_shop_source f WHERE NOT EXISTS (SELECT FROM actor a JOIN server s ON s.host = a.host
            WHERE a.id = f.cooperative_id AND s.level = 'friend' AND a.deleted_at IS NULL)
        """,
    )
    await execute(
        conn,
        """
        INSERT INTO repair_shop_source (cooperative_id)
        SELECT a.id FROM actor a JOIN server s ON s.host = a.host
        WHERE s.level = 'friend' AND NOT a.local AND a.type = 'Organization' AND a.username = 'coop'
            AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        ON CONFLICT DO NOTHING
        """,
    )
    return await fetch_all(
        conn,
        Source,
        """
        UPDATE repair_shop_source f SET next_at = now() + $2::interval FROM actor a
        WHERE a.id = f.cooperative_id AND f.cooperative_id IN (
            SELECT cooperative_id FROM repair_shop_source WHERE next_at <= now() ORDER BY next_at LIMIT $1
            FOR UPDATE SKIP LOCKED)
        RETURNING f.cooperative_id, a.uri AS cooperative_uri, f.uri, f.etag
        """,
        AT_ONCE,
        ASK_EVERY,
    )


async def save_list(
    conn: Connection, cooperative_id: int, uri: str | None, etag: str, listed: Sequence[ListedShop]
) -> None:
    """What it says now, in place of all that it said before. Needs the caller's transaction."""
    kept = listed[:MOST_LISTED]
    await execute(
        conn,
        "UPDATE repair_shop_source SET told_at = now(), uri = $2, etag = $3 WHERE cooperative_id = $1",
        cooperative_id,
        uri,
        etag,
    )
    await execute(conn, "DELETE FROM repair_shop_copy WHERE cooperative_id = $1", cooperative_id)
    await execute(
        conn,
        """
        INSERT INTO repair_shop_copy (cooperative_id, shop_id, collective_uri, charter_version, published_at)
        SELECT f.cooperative_id, s.actor_id, one.collective_uri, one.charter_version, one.published_at
        FROM unnest($2::bigint[], $3::text[], $4::integer[], $5::timestamptz[])
            AS one (shop_id, collective_uri, charter_version, published_at)
        JOIN repair_shop s ON s.actor_id = one.shop_id JOIN repair_shop_source f ON f.cooperative_id = $1
        ON CONFLICT DO NOTHING
        """,
        cooperative_id,
        [one.shop_id for one in kept],
        [one.collective_uri for one in kept],
        [one.charter_version for one in kept],
        [one.published_at for one in kept],
    )


async def confirm(conn: Connection, cooperative_id: int) -> None:
    """Its list is as it was."""
    await execute(conn, "UPDATE repair_shop_source SET told_at = now() WHERE cooperative_id = $1", cooperative_id)


async def list_uris(conn: Connection, cooperative_id: int) -> list[str]:
    """The ids of those that are on its list."""
    return await fetch_column(
        conn,
        """
        SELECT a.uri FROM repair_shop_copy p JOIN actor a ON a.id = p.shop_id
        WHERE p.cooperative_id = $1 ORDER BY a.id
        """,
        cooperative_id,
    )
