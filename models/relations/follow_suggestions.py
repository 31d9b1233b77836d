"""Whom a member might like to follow: the streams of her own cooperative, and whom those follow whom she follows."""

from dataclasses import dataclass

from models.store.database import Connection, execute, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Somebody to follow: `familiar` of those whom the reader follows do so, or it is one of our own `streams`."""

    actor_id: int
    stream: bool
    familiar: int


async def list_suggestions(conn: Connection, reader_id: int, *, offset: int = 0, limit: int = 40) -> list[Suggestion]:
    """Streams first, then whom most of the reader's own know; never whom she follows, hides or sent away.

    Looked at are the hundred that she followed last, and the two hundred that each of these followed last.
    """
    return await fetch_all(
        conn,
        Suggestion,
        """
        WITH near AS (
            SELECT theirs.followed_id AS id, count(*) AS familiar FROM (
                SELECT followed_id FROM follow WHERE follower_id = $1 AND state = 'accepted' ORDER BY id DESC LIMIT 100
            ) AS mine CROSS JOIN LATERAL (
                SELECT followed_id FROM follow WHERE follower_id = mine.followed_id AND state = 'accepted'
                ORDER BY id DESC LIMIT 200
            ) AS theirs GROUP BY theirs.followed_id
        ), proposed AS (
            SELECT id FROM near UNION SELECT id FROM actor WHERE local AND type = 'Group'
        )
        SELECT a.id AS actor_id, a.local AND a.type = 'Group' AS stream, coalesce(near.familiar, 0) AS familiar
        FROM proposed JOIN actor a ON a.id = proposed.id LEFT JOIN near ON near.id = a.id
        WHERE a.id <> $1 AND a.discoverable AND a.type <> 'Application' AND a.host <> ''
            AND a.deleted_at IS NULL AND a.suspended_at IS NULL AND a.limited_at IS NULL AND a.moved_to IS NULL
            AND NOT EXISTS (SELECT FROM account c WHERE c.actor_id = a.id
                AND (c.confirmed_at IS NULL OR c.disabled_at IS NOT NULL))
            AND NOT EXISTS (SELECT FROM follow f WHERE f.follower_id = $1 AND f.followed_id = a.id)
            AND NOT EXISTS (SELECT FROM suggestion_dismissal d WHERE d.actor_id = $1 AND d.target_id = a.id)
            AND NOT EXISTS (SELECT FROM hidden h WHERE h.reader_id = $1 AND h.author_id = a.id OFFSET 0)
        ORDER BY stream DESC, familiar DESC, a.id DESC OFFSET $2 LIMIT $3
        """,
        reader_id,
        offset,
        limit,
    )


async def dismiss(conn: Connection, *, actor_id: int, target_id: int) -> None:
    """Never propose this account to this member again."""
    await execute(
        conn,
        "INSERT INTO suggestion_dismissal (actor_id, target_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        actor_id,
        target_id,
    )
