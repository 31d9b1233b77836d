"""What was published in the last thirty days, as far as a filter of the cooperative would look at it."""

from dataclasses import dataclass
from datetime import timedelta

from models.store.database import Connection, fetch_all

LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentText:
    """One post that is not private: `content` is its HTML, `descriptions` are those of its pictures."""

    post_id: int
    content: str
    warning: str
    title: str
    wants: str
    descriptions: list[str]
    options: list[str]


async def list_recent(
    conn: Connection, *, local: bool, remote: bool, before: int | None, limit: int
) -> list[RecentText]:
    """The newest of them, ours and those from elsewhere as is asked, before this one."""
    return await fetch_all(
        conn,
        RecentText,
        """
        SELECT p.id AS post_id, p.content, p.warning, coalesce(l.title, '') AS title, coalesce(l.wants, '') AS wants,
            ARRAY(SELECT m.description FROM media m WHERE m.post_id = p.id) AS descriptions,
            coalesce((SELECT options FROM poll WHERE poll.post_id = p.id), '{}') AS options
        FROM post p LEFT JOIN listing l ON l.post_id = p.id
        WHERE p.kind <> 'notice' AND p.audience NOT IN ('direct', 'community') AND p.deleted_at IS NULL
            AND p.published_at > now() - $1::interval AND CASE WHEN p.local THEN $2::boolean ELSE $3::boolean END
            AND ($4::bigint IS NULL OR p.id < $4)
        ORDER BY p.id DESC LIMIT $5
        """,
        LOOKED_BACK,
        local,
        remote,
        before,
        limit,
    )
