"""Servers with which nobody here has to do any more, nor decided anything about, are forgotten by night."""

from datetime import timedelta

from models.store import sweep_positions
from models.store.database import Connection, execute, fetch_records

KEPT = timedelta(days=180)
"""So long a server is kept after it was last heard of or tried."""

LOOKED_AT = 10_000
"""So many are looked at in one step: a night takes as many as it has time for, and the next goes on."""


async def forget_strangers(conn: Connection) -> int:
    """Forget servers without anybody known on them, a decision, or something that waits; how many there were.

    One that comes back is met anew: what it is, how it signs and whether it answers is asked then.
    """
    await execute(conn, "SET LOCAL enable_seqscan = off")  # each of what keeps one is looked up by its index
    after = await sweep_positions.find(conn, "server") or ""
    [looked] = await fetch_records(
        conn,
        """
        SELECT max(host) AS last, count(*) AS many
        FROM (SELECT host FROM server WHERE host > $1 ORDER BY host LIMIT $2) AS next
        """,
        after,
        LOOKED_AT,
    )
    await sweep_positions.go_on(conn, "server", looked["last"] if looked["many"] == LOOKED_AT else None)
    return await execute(
        conn,
        """
        DELETE FROM server s WHERE s.host > $1 AND s.host <= $2
            AND greatest(s.first_seen_at, s.last_in_at, s.last_out_at, s.last_failure_at) < now() - $3::interval
            AND s.level = 'reader' AND NOT s.listed AND s.note = '' AND s.public_reason = '' AND s.level_at IS NULL
            AND s.released_at IS NULL AND s.paused_at IS NULL AND NOT s.no_private
            AND NOT EXISTS (
                SELECT FROM actor WHERE host = s.host AND NOT local
                UNION ALL SELECT FROM known_host WHERE host = s.host
                UNION ALL SELECT FROM territory WHERE host = s.host
                UNION ALL SELECT FROM waiting_host WHERE host = s.host
                UNION ALL SELECT FROM received WHERE host = s.host
                UNION ALL SELECT FROM delivery WHERE host = s.host AND state = 'waiting'
                UNION ALL SELECT FROM delivery WHERE host = s.host AND state = 'held'
                UNION ALL SELECT FROM delivery WHERE host = s.host AND state = 'failed')
        """,
        after,
        looked["last"],
        KEPT,
    )
