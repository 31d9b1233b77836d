"""The charter of a community as it was published, version after version: each stays readable."""

from dataclasses import dataclass
from datetime import datetime

from models.errors import Conflict
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCharter:
    """A version to be published. `changes` says what is new in it; until `due_at` a yes to an earlier one is enough."""

    version: int
    text: str
    changes: str = ""
    due_at: datetime | None = None
    published_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """A version that was published."""

    version: int
    text: str
    changes: str
    due_at: datetime | None
    published_at: datetime
    published_by: int | None


async def publish(conn: Connection, community_id: int, new: NewCharter) -> None:
    """Publish the next version. Raises Conflict where `new.version` is not the next one."""
    await execute(conn, "SELECT FROM community WHERE actor_id = $1 FOR NO KEY UPDATE", community_id)
    made = await execute(
        conn,
        """
        INSERT INTO community_charter (id, community_id, version, text, changes, due_at, published_by)
        SELECT $1::bigint, $2::bigint, $3::integer, $4::text, $5::text, $6::timestamptz, $7::bigint
        WHERE $3 = (SELECT coalesce(max(version), 0) + 1 FROM community_charter WHERE community_id = $2)
        ON CONFLICT DO NOTHING
        """,
        make_id(),
        community_id,
        new.version,
        new.text,
        new.changes,
        new.due_at,
        new.published_by,
    )
    if not made:
        raise Conflict("charter_published_meanwhile", field="text")


async def save_remote(conn: Connection, community_id: int, told: NewCharter) -> bool:
    """Keep a version that the home of a community tells. False for one that is known, or older than what is known:
    what was said yes to never changes afterwards.
    """
    return bool(
        await execute(
            conn,
            """
            INSERT INTO community_charter (id, community_id, version, text, changes, due_at)
            SELECT $1::bigint, c.actor_id, $3::integer, $4::text, $5::text, $6::timestamptz
            FROM community c JOIN actor a ON a.id = c.actor_id AND NOT a.local
            WHERE c.actor_id = $2
                AND $3 > (SELECT coalesce(max(version), 0) FROM community_charter WHERE community_id = $2)
            ON CONFLICT DO NOTHING
            """,
            make_id(),
            community_id,
            told.version,
            told.text,
            told.changes,
            told.due_at,
        )
    )


async def list_versions(conn: Connection, community_id: int) -> list[Charter]:
    """All versions, the one that stands first."""
    return await fetch_all(
        conn,
        Charter,
        """
        SELECT version, text, changes, due_at, published_at, published_by FROM community_charter
        WHERE community_id = $1 ORDER BY version DESC
        """,
        community_id,
    )


async def find_current(conn: Connection, community_id: int) -> Charter | None:
    """The version that stands; None where there is no charter yet."""
    return await fetch_one(
        conn,
        Charter,
        """
        SELECT version, text, changes, due_at, published_at, published_by FROM community_charter
        WHERE community_id = $1 ORDER BY version DESC LIMIT 1
        """,
        community_id,
    )


async def find_version(conn: Connection, community_id: int, version: int) -> Charter | None:
    """One version."""
    return await fetch_one(
        conn,
        Charter,
        """
        SELECT version, text, changes, due_at, published_at, published_by FROM community_charter
        WHERE community_id = $1 AND version = $2
        """,
        community_id,
        version,
    )


async def tell(conn: Connection, community_id: int) -> bool:
    """Whether members have to be told of the version that stands; once for each."""
    told = await execute(
        conn,
        """
        UPDATE community_charter SET told = true
        WHERE community_id = $1 AND NOT told
            AND version = (SELECT max(version) FROM community_charter WHERE community_id = $1)
        """,
        community_id,
    )
    return bool(told)
