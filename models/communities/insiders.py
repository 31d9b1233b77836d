"""Who reads what stays inside a community, by the view `insider`; and what somebody shared there."""

from dataclasses import dataclass

from models.store.database import Connection, fetch_all, fetch_column, fetch_records, fetch_value
from models.store.statements import compose


async def filter_inside(conn: Connection, community_id: int, actor_ids: list[int]) -> set[int]:
    """Those of these people who are in it, here and elsewhere."""
    found = await fetch_column(
        conn, "SELECT actor_id FROM insider WHERE community_id = $1 AND actor_id = ANY($2)", community_id, actor_ids
    )
    return set(found)


async def has_any_here(conn: Connection, community_id: int) -> bool:
    """Whether anybody of this server is in it."""
    return bool(
        await fetch_value(conn, "SELECT EXISTS (SELECT FROM insider WHERE community_id = $1 AND local)", community_id)
    )


async def find_reader(conn: Connection, community_uris: list[str]) -> int | None:
    """Row id of one of our people who is in one of these communities, to ask in her name for what stays inside."""
    found: int | None = await fetch_value(
        conn,
        """
        SELECT i.actor_id FROM insider i JOIN actor c ON c.id = i.community_id
        WHERE i.local AND c.uri = ANY($1) ORDER BY i.actor_id LIMIT 1
        """,
        community_uris,
    )
    return found


async def find_reader_of(conn: Connection, post_id: int) -> int | None:
    """The same for a post that is here."""
    found: int | None = await fetch_value(
        conn,
        """
        SELECT i.actor_id FROM post p JOIN insider i ON i.community_id = p.community_id AND i.local
        WHERE p.id = $1 AND p.audience = 'community' ORDER BY i.actor_id LIMIT 1
        """,
        post_id,
    )
    return found


async def list_shared_by(conn: Connection, community_id: int, author_id: int) -> list[int]:
    """The living posts that one person shared there."""
    return await fetch_column(
        conn,
        "SELECT id FROM post WHERE community_id = $1 AND author_id = $2 AND deleted_at IS NULL ORDER BY id",
        community_id,
        author_id,
    )


async def list_copies(conn: Connection, community_id: int) -> list[int]:
    """The living posts of other servers that stay inside it."""
    return await fetch_column(
        conn,
        "SELECT id FROM post WHERE community_id = $1 AND NOT local AND deleted_at IS NULL ORDER BY id",
        community_id,
    )


async def list_abandoned(conn: Connection) -> list[int]:
    """Communities elsewhere of which things are kept that nobody of this server is in any more, whatever became of who
    was: not those whose people are only suspended for a time.
    """
    return await fetch_column(
        conn,
        """
        SELECT DISTINCT p.community_id FROM post p JOIN actor c ON c.id = p.community_id AND NOT c.local
        WHERE NOT p.local AND p.deleted_at IS NULL AND NOT EXISTS (
            SELECT FROM membership m JOIN actor a ON a.id = m.actor_id AND a.local AND a.deleted_at IS NULL
            WHERE m.community_id = p.community_id AND m.state = 'member')
        ORDER BY p.community_id LIMIT 100
        """,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A community as what stays inside names it; `handle` has no server where its home is here."""

    community_id: int
    name: str
    handle: str

    @property
    def audience(self) -> str:
        """What pages, programs and the command line call the audience."""
        return f"community:{self.handle}"


_SHARED = """
    c.id AS community_id, coalesce(nullif(c.name, ''), c.username) AS name,
    CASE WHEN c.local THEN c.username ELSE c.username || '@' || c.host END AS handle
"""

_LIST_OF, _OF_POSTS = (
    compose(text, shared=_SHARED)
    for text in (
        """
        SELECT {shared} FROM insider i JOIN actor c ON c.id = i.community_id
        JOIN community g ON g.actor_id = c.id AND g.ended_at IS NULL
        WHERE i.actor_id = $1 ORDER BY fold(coalesce(nullif(c.name, ''), c.username)), c.id
        """,
        "SELECT p.id AS post_id, {shared} FROM post p JOIN actor c ON c.id = p.community_id WHERE p.id = ANY($1)",
    )
)


async def list_of(conn: Connection, actor_id: int) -> list[Shared]:
    """The communities that somebody is in, by their names."""
    return await fetch_all(conn, Shared, _LIST_OF, actor_id)


async def map_of_posts(conn: Connection, post_ids: list[int]) -> dict[int, Shared]:
    """Inside which community each of these posts stays, of those that stay inside one."""
    if not post_ids:
        return {}
    return {
        row["post_id"]: Shared(community_id=row["community_id"], name=row["name"], handle=row["handle"])
        for row in await fetch_records(conn, _OF_POSTS, post_ids)
    }
