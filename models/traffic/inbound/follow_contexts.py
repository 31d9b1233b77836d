"""What has to be known of follows that just came, and of yeses to ours: in one question for many."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.store.database import Connection, fetch_all, fetch_records


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowQuery:
    """A Follow by its id, whose it is, and of which of our people."""

    uri: str
    follower_id: int
    follower_uri: str
    followed_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowContext:
    """`free`: nothing is in the way: it was not undone before it came, no block keeps the two apart, its id is nobody
    else's, whom it is about is no community. `accepted`: it is so already.
    """

    free: bool
    accepted: bool


async def load(conn: Connection, asked: Sequence[FollowQuery]) -> list[FollowContext]:
    """How each stands, in their order."""
    if not asked:
        return []
    return await fetch_all(
        conn,
        FollowContext,
        """
        SELECT coalesce(held.state = 'accepted', false) AS accepted,
            NOT EXISTS (SELECT FROM tombstone t
                WHERE t.uri = about.uri AND t.actor_uri = about.follower_uri AND t.forget_at > now() OFFSET 0)
            AND NOT EXISTS (SELECT FROM barred
                WHERE reader_id = about.followed_id AND author_id = about.follower_id OFFSET 0)
            AND NOT EXISTS (SELECT FROM community c WHERE c.actor_id = about.followed_id OFFSET 0)
            AND NOT EXISTS (SELECT FROM follow other WHERE other.uri = about.uri
                AND (other.follower_id, other.followed_id) <> (about.follower_id, about.followed_id) OFFSET 0) AS free
        FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[])
            WITH ORDINALITY AS about (uri, follower_id, follower_uri, followed_id, place)
        LEFT JOIN LATERAL (
            SELECT f.state FROM follow f
            WHERE f.follower_id = about.follower_id AND f.followed_id = about.followed_id OFFSET 0
        ) AS held ON true
        ORDER BY about.place
        """,
        [one.uri for one in asked],
        [one.follower_id for one in asked],
        [one.follower_uri for one in asked],
        [one.followed_id for one in asked],
    )


async def load_asked(conn: Connection, asked: Sequence[tuple[str, int]]) -> list[int | None]:
    """The follow by one of ours of this actor that this Follow made, in their order; None where there is none."""
    rows = await fetch_records(
        conn,
        """
        SELECT kept.id FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS about (uri, followed_id, place)
        LEFT JOIN LATERAL (
            SELECT f.id FROM follow f JOIN actor follower ON follower.id = f.follower_id
            WHERE f.uri = about.uri AND f.followed_id = about.followed_id AND follower.local OFFSET 0
        ) AS kept ON true
        ORDER BY about.place
        """,
        [uri for uri, _ in asked],
        [followed_id for _, followed_id in asked],
    )
    return [row["id"] for row in rows]
