"""What has to be known of likes and shares from elsewhere, and of what is taken back: in one question for many."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.store.database import Connection, fetch_all, fetch_records


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
class KeptAct:
    """A like, a share or a follow that is kept under an id, and nothing else is: one of the three."""

    liked_id: int | None
    shared_id: int | None
    followed_id: int | None


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
            SELECT post.id, post.author_id, post.local
            FROM (SELECT * FROM post WHERE post.uri = about.post_uri OFFSET 0) AS post  -- by nothing but its id
            JOIN actor author ON author.id = post.author_id
            WHERE post.audience IN ('network', 'unlisted') AND post.deleted_at IS NULL
                AND author.deleted_at IS NULL AND author.suspended_at IS NULL
                AND NOT EXISTS (SELECT FROM barred
                    WHERE reader_id = post.author_id AND author_id = about.actor_id OFFSET 0)
                AND NOT EXISTS (SELECT FROM tombstone t
                    WHERE t.uri = about.uri AND t.actor_uri = about.actor_uri AND t.forget_at > now() OFFSET 0)
            OFFSET 0  -- one after the other by its id, whatever the number of posts
        ) AS p ON true
        ORDER BY about.place
        """,
        [one.uri for one in asked],
        [one.actor_id for one in asked],
        [one.actor_uri for one in asked],
        [one.post_uri for one in asked],
    )
    return [None if row["id"] is None else ReactedPost(**row) for row in rows]


async def load_kept(conn: Connection, asked: Sequence[tuple[str, int]]) -> list[KeptAct | None]:
    """What is kept under each id for this actor, in their order; None where it is nothing, or not that alone.

    A follow that was refused for good is none: it stays so.
    """
    rows = await fetch_all(
        conn,
        _Kept,
        """
        SELECT f.post_id AS liked_id, s.post_id AS shared_id, w.followed_id,
            num_nonnulls(f.post_id, s.post_id, w.id) = 1
                AND (w.id IS NULL OR w.follower_id = about.actor_id AND w.state <> 'rejected')
                AND NOT EXISTS (SELECT FROM block WHERE uri = about.uri OFFSET 0)
                AND NOT EXISTS (SELECT FROM message_request WHERE uri = about.uri OFFSET 0) AS alone
        FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS about (uri, actor_id, place)
        LEFT JOIN LATERAL (
            SELECT post_id FROM favourite WHERE uri = about.uri AND actor_id = about.actor_id OFFSET 0
        ) AS f ON true
        LEFT JOIN LATERAL (
            SELECT post_id FROM share WHERE uri = about.uri AND actor_id = about.actor_id OFFSET 0
        ) AS s ON true
        LEFT JOIN LATERAL (
            SELECT id, follower_id, followed_id, state FROM follow WHERE uri = about.uri OFFSET 0
        ) AS w ON true
        ORDER BY about.place
        """,
        [uri for uri, _ in asked],
        [actor_id for _, actor_id in asked],
    )
    return [
        KeptAct(liked_id=row.liked_id, shared_id=row.shared_id, followed_id=row.followed_id) if row.alone else None
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    liked_id: int | None
    shared_id: int | None
    followed_id: int | None
    alone: bool
