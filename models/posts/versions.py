"""What an edited post was before: every version stays until the post goes, the newest fifty of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all

MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A post as it was from `written_at` on; `media` are the ids of what hung on it, with their words of then."""

    content: str
    warning: str
    sensitive: bool
    media: list[dict[str, Any]]
    options: list[str] | None
    written_at: datetime


async def keep_versions(conn: Connection, post_ids: Sequence[int]) -> None:
    """Keep these posts as they are now, before they are changed."""
    await execute(
        conn,
        """
        INSERT INTO post_version (id, post_id, content, warning, sensitive, media, options, written_at)
        SELECT version.id, p.id, p.content, p.warning, p.sensitive,
            coalesce((SELECT jsonb_agg(jsonb_build_object('id', m.id, 'description', m.description) ORDER BY position)
                FROM media m WHERE m.post_id = p.id), '[]'),
            (SELECT to_jsonb(options) FROM poll WHERE poll.post_id = p.id), coalesce(p.updated_at, p.published_at)
        FROM unnest($1::bigint[], $2::bigint[]) AS version (post_id, id)
        CROSS JOIN LATERAL (SELECT * FROM post WHERE post.id = version.post_id OFFSET 0) AS p
        """,
        post_ids,
        [make_id() for _ in post_ids],
    )
    await execute(
        conn,
        """
        DELETE FROM post_version WHERE id IN (
            SELECT old.id FROM unnest($1::bigint[]) AS edited (post_id) CROSS JOIN LATERAL (
                SELECT v.id FROM post_version v WHERE v.post_id = edited.post_id ORDER BY v.id DESC OFFSET $2) AS old)
        """,
        post_ids,
        MOST,
    )


async def list_versions(conn: Connection, post_id: int) -> list[Version]:
    """The earlier versions of a post, the first one first, without the one that stands."""
    return await fetch_all(
        conn,
        Version,
        """
        SELECT content, warning, sensitive, media, options, written_at
        FROM post_version WHERE post_id = $1 ORDER BY id
        """,
        post_id,
    )
