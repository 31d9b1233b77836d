"""What administrators decide about the directory: where the crawl begins, whom they vouch for, who is taken off."""

from models.domains import find_domain
from models.servers.directory.saving import lock_directory
from models.store.database import Connection, execute, fetch_column


async def save_seed(conn: Connection, host: str) -> None:
    """An administrator typed this host: the crawl begins there too, at once."""
    await execute(
        conn,
        """
        INSERT INTO territory (host, domain, seed) VALUES ($1, $2, true)
        ON CONFLICT (host) DO UPDATE SET seed = true, depth = 0, visit_at = now(), removed_at = NULL, spam = false
        """,
        host,
        find_domain(host),
    )


async def forget_seed(conn: Connection, host: str) -> None:
    """Begin there no longer; our vouch, if any, is withdrawn too."""
    await execute(conn, "UPDATE territory SET seed = false, vouched_at = NULL WHERE host = $1", host)


async def save_own_vouch(conn: Connection, host: str, *, vouched: bool) -> None:
    """Our administrators vouch for a host, or no longer do."""
    await execute(
        conn,
        """
        INSERT INTO territory (host, domain, seed, vouched_at)
        VALUES ($1, $2, true, CASE WHEN $3 THEN now() END)
        ON CONFLICT (host) DO UPDATE SET seed = true, depth = 0,
            vouched_at = CASE WHEN $3 THEN coalesce(territory.vouched_at, now()) END
        """,
        host,
        find_domain(host),
        vouched,
    )


async def save_friends(conn: Connection) -> None:
    """Friends are seeds: whoever has become one is crawled from now on."""
    await lock_directory(conn)
    await execute(
        conn,
        """
        UPDATE territory SET seed = true, depth = 0
        FROM server s WHERE s.host = territory.host AND s.level = 'friend' AND NOT seed AND removed_at IS NULL
        """,
    )
    missing: list[str] = await fetch_column(
        conn,
        """
        SELECT host FROM server
        WHERE level = 'friend' AND NOT EXISTS (SELECT FROM territory t WHERE t.host = server.host)
        """,
    )
    for host in missing:
        await save_seed(conn, host)


async def remove(conn: Connection, host: str, *, spam: bool) -> None:
    """Take a territory off our map; of spam, strike all on the map who vouch for it."""
    await lock_directory(conn)
    if spam:
        await execute(
            conn,
            """
            INSERT INTO territory_strike (voucher, host)
            SELECT v.voucher, v.host FROM territory_vouch v JOIN territory t ON t.host = v.voucher
            WHERE v.host = $1 AND t.accepted_at IS NOT NULL
            ON CONFLICT DO NOTHING
            """,
            host,
        )
    await execute(
        conn,
        """
        UPDATE territory SET removed_at = coalesce(removed_at, now()), spam = spam OR $2, vouched_at = NULL,
            accepted_at = NULL, reason = 'removed', silent = false, vouchers = '{}'
        WHERE host = $1
        """,
        host,
        spam,
    )


async def restore(conn: Connection, host: str) -> None:
    """It was a mistake: look at it again, and take the strikes back."""
    await execute(conn, "DELETE FROM territory_strike WHERE host = $1", host)
    await execute(
        conn,
        """
        UPDATE territory SET removed_at = NULL, spam = false, problem = 'not_visited', reason = 'not_visited',
            visit_at = now()
        WHERE host = $1
        """,
        host,
    )
