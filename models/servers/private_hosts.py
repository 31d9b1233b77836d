"""Servers to which nothing private is sent (B-52): their people follow, and get what is for everybody.

It counts for the whole domain, as levels do. What is not sent stands in the queue as failed, with this cause: its
author sees it, and it can be sent once the cooperative decides otherwise.
"""

from models.store.database import Connection, execute, fetch_column, fetch_value


async def may_have(conn: Connection, host: str) -> bool:
    """May this host have what is not for everybody?"""
    return bool(await fetch_value(conn, "SELECT may_have_private($1)", host))


async def list_withheld(conn: Connection) -> list[str]:
    """Hosts that may not; neither may what stands under them."""
    return await fetch_column(conn, "SELECT host FROM server WHERE no_private")


async def withhold(conn: Connection, host: str) -> int:
    """Send nothing private to this domain any more, what waits included; how many deliveries stay here.

    What is in somebody's hands just now may arrive, and is told of a deletion as if it had.
    """
    await execute(
        conn,
        """
        INSERT INTO server (host, no_private) VALUES ($1, true)
        ON CONFLICT (host) DO UPDATE SET no_private = true
        """,
        host,
    )
    return await execute(
        conn,
        """
        UPDATE delivery SET state = 'failed', cause = 'withheld', error = 'Nothing private is sent to this server.',
            attempts = greatest(attempts, CASE WHEN claimed_until IS NULL THEN 0 ELSE 1 END), finished_at = now(),
            claimed_by = NULL, claimed_until = NULL
        WHERE (state = 'waiting' OR state = 'held') AND NOT may_have_private(host) AND is_private(activity_id)
            AND host IN (SELECT known.host FROM (SELECT DISTINCT host FROM delivery
                WHERE state = 'waiting' OR state = 'held') AS known WHERE $1 = ANY (domains_of(known.host)))
        """,
        host,
    )


async def allow(conn: Connection, host: str) -> bool:
    """Send private things there again; False where a domain above this one is still refused them."""
    await execute(conn, "UPDATE server SET no_private = false WHERE host = $1", host)
    return await may_have(conn, host)
