"""Hashtags that members follow: public posts with them come to their home timelines."""

from dataclasses import dataclass

from models.errors import Invalid
from models.ids import make_id
from models.people import accounts
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_value

MOST = 100
"""Each one is read by every home timeline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedTag:
    """A folded tag and how it is written; `id` is of the following."""

    id: int
    tag: str
    name: str


async def save(conn: Connection, *, actor_id: int, tag: str, name: str) -> None:
    """Follow a hashtag; again changes nothing. Raises Invalid for too many."""
    await accounts.lock_account(conn, actor_id)
    held: int = await fetch_value(
        conn, "SELECT count(*) FROM followed_tag WHERE actor_id = $1 AND tag <> $2", actor_id, tag
    )
    if held >= MOST:
        raise Invalid("too_many_followed_tags", most=MOST)
    await execute(
        conn,
        """
        INSERT INTO followed_tag (id, actor_id, tag, name) VALUES ($1, $2, $3, $4)
        ON CONFLICT (actor_id, tag) DO NOTHING
        """,
        make_id(),
        actor_id,
        tag,
        name,
    )


async def remove(conn: Connection, *, actor_id: int, tag: str) -> bool:
    """Follow it no longer. False when it was not followed."""
    return bool(await execute(conn, "DELETE FROM followed_tag WHERE actor_id = $1 AND tag = $2", actor_id, tag))


async def list_followed(
    conn: Connection, actor_id: int, *, before: int | None = None, after: int | None = None, limit: int = 100
) -> list[FollowedTag]:
    """What a member follows, the last first, by keyset on the following."""
    return await fetch_all(
        conn,
        FollowedTag,
        """
        SELECT id, tag, name FROM followed_tag
        WHERE actor_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        actor_id,
        before,
        after,
        limit,
    )


async def filter_followed(conn: Connection, actor_id: int | None, tags: list[str]) -> set[str]:
    """Those of these folded tags that a member follows."""
    if actor_id is None:
        return set()
    return set(
        await fetch_column(conn, "SELECT tag FROM followed_tag WHERE actor_id = $1 AND tag = ANY($2)", actor_id, tags)
    )
