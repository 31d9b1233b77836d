"""How soon somebody usually answers those who write to her, or ask, about what she publishes."""

from datetime import timedelta

from models.store.database import Connection, fetch_value

LATEST = 40
"""Of so many threads, the ones with the newest lines…"""

SINCE = timedelta(days=180)
"""…begun so long ago at most…"""

ENOUGH = 3
"""…and not fewer than these: of one or two nobody has a habit."""

PATIENCE = timedelta(days=3)
"""What nobody answered counts only after this long, and then as never."""


async def find_usual_wait(conn: Connection, actor_id: int) -> timedelta | None:
    """The median time from the first line of somebody else to her first one; None where too little is known.

    What was taken back before she answered does not count against her.
    """
    seconds = await fetch_value(
        conn,
        """
        SELECT percentile_disc(0.5) WITHIN GROUP (
            ORDER BY coalesce(extract(epoch FROM answered_at - created_at), 'Infinity'))
        FROM (
            SELECT x.created_at, least(
                (SELECT min(e.created_at) FROM exchange_event e WHERE e.exchange_id = x.id AND e.actor_id = $1),
                (SELECT min(p.received_at) FROM exchange_message m JOIN post p ON p.id = m.post_id
                    WHERE m.exchange_id = x.id AND p.author_id = $1)) AS answered_at,
                EXISTS (SELECT FROM agreement a WHERE a.exchange_id = x.id AND a.state = 'withdrawn') AS taken_back
            FROM (SELECT id, created_at FROM exchange
                WHERE owner_id = $1 AND created_at > now() - $2::interval ORDER BY last_id DESC LIMIT $3) x
        ) thread
        WHERE answered_at IS NOT NULL OR (created_at < now() - $4::interval AND NOT taken_back)
        HAVING count(*) >= $5
        """,
        actor_id,
        SINCE,
        LATEST,
        PATIENCE,
        ENOUGH,
    )
    return None if seconds is None or seconds == float("inf") else timedelta(seconds=max(float(seconds), 0))
