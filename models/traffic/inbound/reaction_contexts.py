"""What has to be known of likes and shares from elsewhere, and of such as are taken back: in one question for many."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.store.database import Connection, fetch_records


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionQuery:
    """A like or a share by its id, whose it is, and of which post."""

    uri: str
    actor_id: int
    actor_uri: str
    post_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactedPost:
    """A public post that stands, which this actor may like or share."""

    id: int
    author_id: int
    local: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReaction:
    """A like or a share that is kept under an id, and nothing else is."""

    post_id: int
    shared: bool


async def load_posts(conn: Connection, asked: Sequence[ReactionQuery]) -> list[ReactedPost | None]:
    """The post of each, in their order; None where something is in the way, or has to be looked at: it is not for
    everybody, its author is no more or may not, one blocks the other, it was undone before it came.
    """
    rows = await fetch_records(
        conn,
        """
        SELECT p.id, p.author_id, p.local
        FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[])
            WITH ORDINALITY AS about (uri, actor_id, actor_uri, post_uri, place)
        LEFT JOIN LATERAL (
            SELECT post.id, post.author_id, post.local FROM post JOIN actor author ON author.id = post.author_id
            WHERE post.uri = about.post_uri AND post.audience IN ('network', 'unlisted') AND post.deleted_at IS NULL
                AND author.deleted_at IS NULL AND author.suspended_at IS NULL
                AND NOT EXISTS (SELECT FROM barred
                    WHERE reader_id = post.author_id AND author_id = about.actor_id OFFSET 0)
                AND NOT EXISTS (SELECT FROM tombstone t
                    WHERE t.uri = about.uri AND t.actor_uri = about.actor_uri AND t.forget_at > now())
        ) AS p ON true
        ORDER BY about.place
        """,
        [one.uri for one in asked],
        [one.actor_id for one in asked],
        [one.actor_uri for one in asked],
        [one.post_uri for one in asked],
    )
    return [None if row["id"] is None else ReactedPost(**row) for row in rows]


async def load_kept(conn: Connection, asked: Sequence[tuple[str, int]]) -> list[KeptReaction | None]:
    """What is kept under each id for this actor, in their order; None where it is nothing, or not that alone."""
    rows = await fetch_records(
        conn,
        """
        SELECT coalesce(f.post_id, s.post_id) AS post_id, s.id IS NOT NULL AS shared,
            (f.id IS NULL) <> (s.id IS NULL)
                AND NOT EXISTS (SELECT FROM follow WHERE uri = about.uri)
                AND NOT EXISTS (SELECT FROM block WHERE uri = about.uri)
                AND NOT EXISTS (SELECT FROM message_request WHERE uri = about.uri) AS alone
        FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS about (uri, actor_id, place)
        LEFT JOIN favourite f ON f.uri = about.uri AND f.actor_id = about.actor_id
        LEFT JOIN share s ON s.uri = about.uri AND s.actor_id = about.actor_id
        ORDER BY about.place
        """,
        [uri for uri, _ in asked],
        [actor_id for _, actor_id in asked],
    )
    return [KeptReaction(post_id=row["post_id"], shared=row["shared"]) if row["alone"] else None for row in rows]
