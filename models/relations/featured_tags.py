"""Hashtags that members show on their profile, with what they wrote under them."""

from dataclasses import dataclass
from datetime import datetime

from models.errors import Invalid, NotFound
from models.ids import make_id
from models.people import accounts
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_records, fetch_value

MOST = 10
SUGGESTED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturedTag:
    """A folded tag and how it is written, and how many public posts of the member carry it, the last of which when."""

    id: int
    actor_id: int
    tag: str
    name: str
    posts: int
    last_post_at: datetime | None


async def save(conn: Connection, *, actor_id: int, tag: str, name: str) -> FeaturedTag:
    """Show a hashtag on the profile. Raises Invalid for one that is shown already, or too many."""
    await accounts.lock_account(conn, actor_id)
    held: int = await fetch_value(conn, "SELECT count(*) FROM featured_tag WHERE actor_id = $1", actor_id)
    if held >= MOST:
        raise Invalid("too_many_featured_tags", most=MOST, field="name")
    id = make_id()
    made = await execute(
        conn,
        """
        INSERT INTO featured_tag (id, actor_id, tag, name) VALUES ($1, $2, $3, $4)
        ON CONFLICT (actor_id, tag) DO NOTHING
        """,
        id,
        actor_id,
        tag,
        name,
    )
    if not made:
        raise Invalid("featured_tag_exists", field="name")
    return next(one for one in await list_featured(conn, actor_id) if one.id == id)


async def remove(conn: Connection, *, actor_id: int, id: int | None) -> None:
    """Show it no longer. Raises NotFound for other people's."""
    if not await execute(conn, "DELETE FROM featured_tag WHERE id = $1 AND actor_id = $2", id, actor_id):
        raise NotFound


async def remove_tag(conn: Connection, *, actor_id: int, tag: str) -> None:
    """Show this folded tag no longer, if it was shown."""
    await execute(conn, "DELETE FROM featured_tag WHERE actor_id = $1 AND tag = $2", actor_id, tag)


async def list_featured(conn: Connection, actor_id: int) -> list[FeaturedTag]:
    """What a member shows, the most used first; a tag counts in at most the newest thousand of the member's posts."""
    return await fetch_all(
        conn,
        FeaturedTag,
        """
        WITH recent AS MATERIALIZED (
            SELECT id, published_at FROM post
            WHERE author_id = $1 AND deleted_at IS NULL AND audience IN ('network', 'unlisted')
            ORDER BY id DESC LIMIT 1000
        )
        SELECT f.id, f.actor_id, f.tag, f.name, count(r.id) AS posts, max(r.published_at) AS last_post_at
        FROM featured_tag f LEFT JOIN (recent r JOIN post_tag t ON t.post_id = r.id) ON t.tag = f.tag
        WHERE f.actor_id = $1 GROUP BY f.id ORDER BY posts DESC, f.id
        """,
        actor_id,
    )


async def filter_featured(conn: Connection, actor_id: int | None, tags: list[str]) -> set[str]:
    """Those of these folded tags that a member shows."""
    if actor_id is None:
        return set()
    return set(
        await fetch_column(conn, "SELECT tag FROM featured_tag WHERE actor_id = $1 AND tag = ANY($2)", actor_id, tags)
    )


async def list_suggestions(conn: Connection, actor_id: int) -> list[tuple[str, str]]:
    """Tags that a member used most in the last thousand posts, and does not show, as (folded, as shown)."""
    rows = await fetch_records(
        conn,
        """
        WITH recent AS MATERIALIZED (
            SELECT id FROM post WHERE author_id = $1 AND deleted_at IS NULL AND audience IN ('network', 'unlisted')
            ORDER BY id DESC LIMIT 1000
        )
        SELECT t.tag, max(t.name) AS name FROM recent r JOIN post_tag t ON t.post_id = r.id
        WHERE NOT EXISTS (SELECT FROM featured_tag f WHERE f.actor_id = $1 AND f.tag = t.tag)
        GROUP BY t.tag ORDER BY count(*) DESC, t.tag LIMIT $2
        """,
        actor_id,
        SUGGESTED,
    )
    return [(row["tag"], row["name"]) for row in rows]
