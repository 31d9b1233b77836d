"""What ties whoever writes to each of our people whom it is for; `inbox/posts/message_requests` judges by it (B-57).

A server is a stranger for seven days from the first we hear of it, unless somebody here follows somebody there, the
cooperative decided about it, or its letters were let through.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.store.database import Connection, execute, fetch_all, fetch_one

ANSWERS_OF_ONE = 10
"""So many answers of one stranger are taken a day; what comes above waits, or a wave would answer."""

ANSWERS_OF_HOST = 60
"""So many of all strangers of one server together: more than any listing gets, far less than a flood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderStanding:
    """Whoever writes: whether the server is known, and how much the person and all strangers there answered today.

    What is counted is counted no further than the limits above.
    """

    known: bool
    answers: int = 0
    answers_of_host: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderRelation:
    """What is between the writer and one of our people, as far as it has to be known.

    `barred`: one of the two blocks the other. `welcome` is what she said of the writer herself, if she did lately.
    `has_it`: she reads this very post already. `waits`: it waits for her. `answers`: it answers what she wrote, what
    stands below it, or what names her. `named`: somebody of another server named the writer in a thread of hers.
    """

    reader_id: int
    member: bool = True
    barred: bool = False
    welcome: bool | None = None
    has_it: bool = False
    waits: bool = False
    follows: bool = False
    exchanged: bool = False
    wrote: bool = False
    named: bool = False
    answers: bool = False


async def load_sender(conn: Connection, author_id: int) -> SenderStanding:
    """What is known of whoever writes."""
    found = await fetch_one(
        conn,
        SenderStanding,
        """
        WITH writer AS MATERIALIZED (
            SELECT a.host, EXISTS (SELECT FROM server s WHERE s.host = ANY(domains_of(a.host))
                    AND (s.level = 'friend' OR s.listed OR s.released_at IS NOT NULL
                        OR (s.host = a.host AND s.first_seen_at < now() - interval '7 days')))
                OR EXISTS (SELECT FROM actor b JOIN follow f ON f.followed_id = b.id
                    JOIN actor ours ON ours.id = f.follower_id
                    WHERE b.host = a.host AND ours.local AND f.state IN ('accepted', 'pending')) AS known
            FROM actor a WHERE a.id = $1
        )
        SELECT w.known, coalesce(own.answers, 0) AS answers, coalesce(others.answers, 0) AS answers_of_host
        FROM writer w
        LEFT JOIN LATERAL (
            SELECT count(*)::integer AS answers FROM (
                SELECT FROM post p WHERE p.author_id = $1 AND NOT p.local AND p.kind <> 'notice'
                    AND p.in_reply_to_id IS NOT NULL AND p.received_at > now() - interval '1 day'
                UNION ALL
                SELECT FROM agreement g WHERE g.partner_id = $1 AND g.created_at > now() - interval '1 day'
                LIMIT $2) AS one
        ) AS own ON NOT w.known
        LEFT JOIN LATERAL (
            SELECT count(*)::integer AS answers FROM (
                SELECT FROM actor a JOIN post p ON p.author_id = a.id
                WHERE a.host = w.host AND NOT p.local AND p.kind <> 'notice' AND p.in_reply_to_id IS NOT NULL
                    AND p.received_at > now() - interval '1 day'
                UNION ALL
                SELECT FROM actor a JOIN agreement g ON g.partner_id = a.id
                WHERE a.host = w.host AND g.created_at > now() - interval '1 day'
                LIMIT $3) AS one
        ) AS others ON NOT w.known
        """,
        author_id,
        ANSWERS_OF_ONE,
        ANSWERS_OF_HOST,
    )
    assert found is not None
    return found


async def list_sender_relations(
    conn: Connection, *, author_id: int, reader_ids: Sequence[int], uri: str, in_reply_to: str | None, known: bool
) -> list[SenderRelation]:
    """Of each of these people who is one of ours. Of known servers only what can matter is looked for."""
    return await fetch_all(
        conn,
        SenderRelation,
        """
        SELECT r.id AS reader_id, EXISTS (SELECT FROM account WHERE actor_id = r.id) AS member,
            NOT $5 AND EXISTS (SELECT FROM barred b WHERE b.reader_id = r.id AND b.author_id = $1) AS barred,
            c.welcome,
            EXISTS (SELECT FROM post p WHERE p.uri = $3 AND p.deleted_at IS NULL AND (
                EXISTS (SELECT FROM mention m WHERE m.post_id = p.id AND m.actor_id = r.id)
                OR EXISTS (SELECT FROM notification n
                    WHERE n.post_id = p.id AND n.recipient_id = r.id AND n.type = 'mention'))) AS has_it,
            EXISTS (SELECT FROM message_request q WHERE q.reader_id = r.id AND q.uri = $3) AS waits,
            asked.so AND EXISTS (SELECT FROM follow f WHERE f.follower_id = r.id AND f.followed_id = $1
                AND f.state IN ('accepted', 'pending')) AS follows,
            asked.so AND EXISTS (SELECT FROM exchange e
                WHERE (e.owner_id, e.partner_id) IN ((r.id, $1::bigint), ($1::bigint, r.id))) AS exchanged,
            asked.so AND EXISTS (SELECT FROM mention m JOIN post p ON p.id = m.post_id
                WHERE m.actor_id = $1 AND p.author_id = r.id AND p.kind <> 'notice') AS wrote,
            asked.so AND EXISTS (SELECT FROM mention m JOIN post p ON p.id = m.post_id
                JOIN post root ON root.id = p.root_id JOIN actor by ON by.id = p.author_id
                JOIN actor writer ON writer.id = $1
                WHERE m.actor_id = $1 AND root.author_id = r.id AND by.host <> writer.host) AS named,
            asked.so AND EXISTS (SELECT FROM post p LEFT JOIN post root ON root.id = p.root_id
                WHERE p.uri = $4 AND p.deleted_at IS NULL AND (p.author_id = r.id OR root.author_id = r.id
                    OR EXISTS (SELECT FROM mention m WHERE m.post_id = p.id AND m.actor_id = r.id))) AS answers
        FROM actor r
        LEFT JOIN correspondent c ON c.reader_id = r.id AND c.author_id = $1
            AND (c.welcome OR c.decided_at > now() - interval '30 days')
        CROSS JOIN LATERAL (SELECT NOT $5 OR c.welcome IS FALSE AS so) AS asked
        WHERE r.id = ANY($2) AND r.local AND r.host <> '' ORDER BY r.id
        """,
        author_id,
        list(reader_ids),
        uri,
        in_reply_to,
        known,
    )


async def release(conn: Connection, host: str) -> None:
    """Let this server's people write to ours from now on."""
    await execute(
        conn,
        """
        INSERT INTO server (host, released_at) VALUES ($1, now())
        ON CONFLICT (host) DO UPDATE SET released_at = now()
        """,
        host,
    )
