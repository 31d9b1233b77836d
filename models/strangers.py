"""Letters of strangers: what servers that were met lately write to our people unasked waits for somebody's yes (B-57).

A server is a stranger for seven days from the first we hear of it, unless somebody here follows somebody there, the
cooperative decided about it, or its letters were let through. Answers to what stands here are no letters, a few a day.
"""

from dataclasses import dataclass
from datetime import datetime

from models.database import Connection, execute, fetch_all, fetch_value

ANSWERS_A_DAY = 10
"""So many answers of one strange server are taken a day; what comes above waits too, or a wave would answer."""

MOST_OF_ONE = 1000
MOST = 20_000
"""So many letters are held of one server, and of all; what comes above is left alone (B-38)."""

LONGEST = 64 * 1024
"""So many bytes a letter that is held may have: twenty thousand of them fit on any disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A server whose letters wait: how many, by how many people, since when, and the newest as it came."""

    host: str
    letters: int
    writers: int
    first_at: datetime
    last_at: datetime
    newest_id: int
    newest: bytes


async def is_letter_of_stranger(conn: Connection, host: str, in_reply_to: str | None) -> bool:
    """Whether what somebody at this host writes to our people has to wait; `in_reply_to` is what it answers."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT NOT EXISTS (SELECT FROM server s WHERE s.host = ANY(domains_of($1))
                    AND (s.level = 'friend' OR s.listed OR s.released_at IS NOT NULL
                        OR (s.host = $1 AND s.first_seen_at < now() - interval '7 days')))
                AND NOT EXISTS (SELECT FROM actor a JOIN follow f ON f.followed_id = a.id
                    JOIN actor ours ON ours.id = f.follower_id
                    WHERE a.host = $1 AND ours.local AND f.state IN ('accepted', 'pending'))
                AND NOT (EXISTS (SELECT FROM post WHERE uri = $2 AND local AND deleted_at IS NULL)
                    AND (SELECT count(*) FROM (
                        SELECT FROM actor a JOIN post p ON p.author_id = a.id
                        WHERE a.host = $1 AND p.kind <> 'notice' AND p.in_reply_to_id IS NOT NULL
                            AND p.received_at > now() - interval '1 day'
                        UNION ALL
                        SELECT FROM actor a JOIN agreement g ON g.partner_id = a.id
                        WHERE a.host = $1 AND g.created_at > now() - interval '1 day'
                        LIMIT $3) AS answers) < $3)
            """,
            host,
            in_reply_to,
            ANSWERS_A_DAY,
        )
    )


async def hold(conn: Connection, id: int) -> bool:
    """Keep a received activity until somebody says what becomes of its server. False for more or longer ones."""
    return bool(
        await execute(
            conn,
            """
            UPDATE received SET state = 'held', error = NULL, claimed_by = NULL, claimed_until = NULL
            WHERE id = $1
                AND (SELECT count(*) FROM received o WHERE o.state = 'held' AND o.host = received.host) < $2
                AND (SELECT count(*) FROM received o WHERE o.state = 'held') < $3
                AND length(body) <= $4
            """,
            id,
            MOST_OF_ONE,
            MOST,
            LONGEST,
        )
    )


async def list_strangers(conn: Connection, limit: int = 100) -> list[Stranger]:
    """The servers whose letters wait, those with most letters first."""
    return await fetch_all(
        conn,
        Stranger,
        """
        SELECT held.*, (SELECT body FROM received WHERE id = held.newest_id) AS newest
        FROM (
            SELECT host, count(*)::integer AS letters, count(DISTINCT actor_uri)::integer AS writers,
                min(received_at) AS first_at, max(received_at) AS last_at, max(id) AS newest_id
            FROM received WHERE state = 'held' GROUP BY host ORDER BY letters DESC, host LIMIT $1
        ) AS held ORDER BY letters DESC, host
        """,
        limit,
    )


async def count_letters(conn: Connection) -> int:
    """How many letters wait."""
    found: int = await fetch_value(conn, "SELECT count(*) FROM received WHERE state = 'held'")
    return found


async def release(conn: Connection, host: str) -> int:
    """Let this server's letters through, those that wait and all that come; how many waited."""
    await execute(
        conn,
        """
        INSERT INTO server (host, released_at) VALUES ($1, now())
        ON CONFLICT (host) DO UPDATE SET released_at = now()
        """,
        host,
    )
    return await execute(
        conn,
        "UPDATE received SET state = 'waiting', attempts = 0, due_at = now() WHERE host = $1 AND state = 'held'",
        host,
    )


async def drop(conn: Connection, host: str) -> int:
    """Forget what waits of this server; how many letters. Setting it aside is `levels.save_level`."""
    return await execute(conn, "DELETE FROM received WHERE host = $1 AND state = 'held'", host)


async def forget_old(conn: Connection, days: int = 30) -> int:
    """Forget letters about which nobody decided; a chore."""
    return await execute(
        conn,
        "DELETE FROM received WHERE state = 'held' AND received_at < now() - make_interval(days => $1)",
        days,
    )
