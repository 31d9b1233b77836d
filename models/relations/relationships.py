"""How a reader and others relate to each other, for apps that ask about several of them at once."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """How `actor_id`, seen by the reader, relates to the reader."""

    actor_id: int
    following: bool
    requested: bool
    refused: bool
    followed_by: bool
    requested_by: bool
    shares: bool
    notify: bool
    blocking: bool
    muting: bool = False
    muting_notifications: bool = False
    muting_until: datetime | None = None
    domain_blocking: bool = False
    note: str = ""
    languages: list[str] | None = None
    endorsed: bool = False


async def list_relationships(conn: Connection, reader_id: int, actor_ids: list[int]) -> list[Relationship]:
    """How each of these actors relates to the reader, in the order asked, without those that do not exist."""
    return await fetch_all(
        conn,
        Relationship,
        """
        SELECT a.id AS actor_id,
            coalesce(mine.state = 'accepted', false) AS following,
            coalesce(mine.state = 'pending', false) AS requested,
            coalesce(mine.state = 'rejected', false) AS refused,
            coalesce(theirs.state = 'accepted', false) AS followed_by,
            coalesce(theirs.state = 'pending', false) AS requested_by,
            coalesce(mine.shares, false) AS shares,
            coalesce(mine.notify, false) AS notify,
            mine.languages,
            EXISTS (SELECT FROM block WHERE actor_id = $1 AND target_id = a.id) AS blocking,
            muted.id IS NOT NULL AS muting,
            coalesce(muted.notifications, false) AS muting_notifications,
            muted.until AS muting_until,
            NOT a.local AND EXISTS (SELECT FROM domain_block d
                WHERE d.actor_id = $1 AND d.domain = ANY(domains_of(a.host))) AS domain_blocking,
            EXISTS (SELECT FROM endorsement e WHERE e.actor_id = $1 AND e.target_id = a.id) AS endorsed,
            coalesce((SELECT text FROM account_note n WHERE n.actor_id = $1 AND n.target_id = a.id), '') AS note
        FROM unnest($2::bigint[]) WITH ORDINALITY AS wanted (id, position)
        JOIN actor a ON a.id = wanted.id
        LEFT JOIN follow mine ON mine.follower_id = $1 AND mine.followed_id = a.id
        LEFT JOIN follow theirs ON theirs.follower_id = a.id AND theirs.followed_id = $1
        LEFT JOIN mute muted ON muted.actor_id = $1 AND muted.target_id = a.id
            AND (muted.until IS NULL OR muted.until > now())
        ORDER BY wanted.position
        """,
        reader_id,
        actor_ids,
    )
