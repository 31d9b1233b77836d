"""The home timeline: a query over whom the reader follows, so that nothing is copied when somebody writes."""

from models.database import Connection
from models.timelines.entries import Entry, Page, fetch_entries, turn_round

# $4 is the reader, $5 whether the statement goes upward. First the newest post of each followed actor: as many as the
# page is long stand above the `edge`, so nothing beyond it can be on the page, and the two reads that follow touch
# few rows however many people are followed and however much they wrote.
_HOME = """
    WITH followed AS MATERIALIZED (
        SELECT f.followed_id AS id, f.shares FROM follow f JOIN actor a ON a.id = f.followed_id
        WHERE f.follower_id = $4 AND f.state = 'accepted' AND a.suspended_at IS NULL
            -- Blocks end follows, so that of those she follows only muted ones are hidden.
            AND NOT EXISTS (SELECT FROM mute m WHERE m.actor_id = $4 AND m.target_id = f.followed_id
                AND (m.until IS NULL OR m.until > now()))
        UNION ALL SELECT $4, true
    ), edge AS MATERIALIZED (
        SELECT CASE WHEN $5::boolean THEN $2 ELSE coalesce(min(nth.id), $2 + 1) - 1 END AS low,
            CASE WHEN $5::boolean THEN coalesce(min(nth.id), $1 - 1) + 1 ELSE $1 END AS high
        FROM (
            SELECT first.id FROM followed f CROSS JOIN LATERAL (
                SELECT p.id FROM post p
                WHERE p.author_id = f.id AND p.deleted_at IS NULL AND p.id < $1 AND p.id > $2
                    AND p.in_reply_to_uri IS NULL AND p.audience <> 'direct'
                ORDER BY p.id DESC LIMIT 1
            ) AS first
            ORDER BY first.id DESC OFFSET $3::bigint - 1 LIMIT 1
        ) AS nth
    )
    SELECT id, post_id, shared_by FROM (
        SELECT p.id, p.id AS post_id, NULL::bigint AS shared_by
        FROM followed f CROSS JOIN LATERAL (
            SELECT p.id FROM post p
            WHERE p.author_id = f.id AND p.deleted_at IS NULL
                AND p.id < (SELECT high FROM edge) AND p.id > (SELECT low FROM edge)
                AND (p.audience <> 'direct' OR p.author_id = $4
                    OR (SELECT true FROM mention m WHERE m.post_id = p.id AND m.actor_id = $4))
                -- An answer stands here when she knows what it answers: to somebody whom she follows, or to herself.
                AND (p.in_reply_to_uri IS NULL OR p.author_id = $4
                    OR (SELECT parent.author_id FROM post parent WHERE parent.id = p.in_reply_to_id)
                        IN (SELECT id FROM followed))
            ORDER BY p.id DESC LIMIT $3
        ) AS p
        UNION ALL
        SELECT s.id, s.post_id, s.actor_id
        FROM followed f CROSS JOIN LATERAL (
            SELECT s.id, s.post_id, s.actor_id FROM share s
            JOIN post p ON p.id = s.post_id JOIN actor author ON author.id = p.author_id
            WHERE s.actor_id = f.id AND s.id < (SELECT high FROM edge) AND s.id > (SELECT low FROM edge)
                AND p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted') AND author.suspended_at IS NULL
                AND p.author_id NOT IN (SELECT id FROM followed)
                AND NOT coalesce((SELECT true FROM share o WHERE o.post_id = s.post_id AND o.id < s.id
                    AND o.actor_id IN (SELECT id FROM followed WHERE shares) LIMIT 1), false)
                AND NOT coalesce((SELECT true FROM hidden h
                    WHERE h.reader_id = $4 AND h.author_id = p.author_id LIMIT 1), false)
            ORDER BY s.id DESC LIMIT $3
        ) AS s
        WHERE f.shares
    ) AS entry
    ORDER BY id DESC LIMIT $3
"""

_STATEMENTS = (_HOME, turn_round(_HOME))


async def list_home(conn: Connection, reader_id: int, page: Page) -> list[Entry]:
    """What the reader and those she follows wrote, and what these share, newest first.

    A shared post stands once, as the post itself when she follows its author too, else as its first share.
    """
    return await fetch_entries(conn, _STATEMENTS, page, reader_id, page.after is not None)
