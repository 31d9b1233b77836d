"""Which cooperatives hold a community together with its home: asked by it, answered by the team of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one
from models.store.statements import compose

HolderState = Literal["asked", "held", "declined", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One cooperative and one community; `uri` is the Invite by which it was asked."""

    community_id: int
    cooperative_id: int
    cooperative_uri: str
    name: str
    host: str
    local: bool
    state: HolderState
    uri: str
    asked_by: int | None
    answered_by: int | None
    since: datetime


_READ = """
    SELECT h.community_id, h.cooperative_id, a.uri AS cooperative_uri, coalesce(nullif(a.name, ''), a.username) AS name,
        a.host, a.local, h.state, h.uri, h.asked_by, h.answered_by, h.since
    FROM community_holder h JOIN actor a ON a.id = h.cooperative_id AND a.deleted_at IS NULL
"""

_FIND, _FIND_BY_URI, _LIST, _LIST_ASKED = (
    compose(text, read=_READ)
    for text in (
        "{read} WHERE h.community_id = $1 AND h.cooperative_id = $2",
        "{read} WHERE h.uri = $1 ORDER BY h.community_id LIMIT 1",
        "{read} WHERE h.community_id = $1 ORDER BY h.since, h.cooperative_id",
        "{read} WHERE a.local AND h.state IN ('asked', 'held') ORDER BY h.since DESC, h.community_id",
    )
)


async def find(conn: Connection, community_id: int, cooperative_id: int) -> Holder | None:
    """How a cooperative stands with a community."""
    return await fetch_one(conn, Holder, _FIND, community_id, cooperative_id)


async def find_by_uri(conn: Connection, uri: str) -> Holder | None:
    """The same by the Invite that asked."""
    return await fetch_one(conn, Holder, _FIND_BY_URI, uri)


async def list_of(conn: Connection, community_id: int) -> list[Holder]:
    """The cooperatives that were asked to hold a community, whatever became of it."""
    return await fetch_all(conn, Holder, _LIST, community_id)


async def list_ours(conn: Connection) -> list[Holder]:
    """The communities elsewhere that our cooperative holds, or is asked to, for its team."""
    return await fetch_all(conn, Holder, _LIST_ASKED)


async def list_holding_ids(conn: Connection, community_id: int) -> list[int]:
    """Row ids of the cooperatives elsewhere that hold a community of ours."""
    return await fetch_column(
        conn,
        """
        SELECT h.cooperative_id FROM community_holder h
        JOIN actor a ON a.id = h.cooperative_id AND NOT a.local AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        WHERE h.community_id = $1 AND h.state = 'held' ORDER BY h.cooperative_id
        """,
        community_id,
    )


async def save_asked(conn: Connection, community_id: int, cooperative_id: int, uri: str, asked_by: int | None) -> None:
    """It is asked, perhaps anew."""
    await execute(
        conn,
        """
        INSERT INTO community_holder (community_id, cooperative_id, state, uri, asked_by)
        VALUES ($1, $2, 'asked', $3, $4)
        ON CONFLICT (community_id, cooperative_id) DO UPDATE SET state = 'asked', uri = excluded.uri,
            asked_by = excluded.asked_by, answered_by = NULL, since = now()
        """,
        community_id,
        cooperative_id,
        uri,
        asked_by,
    )


async def save_state(
    conn: Connection, community_id: int, cooperative_id: int, state: HolderState, *, by: int | None = None
) -> None:
    """What became of it, by whom of our team. A community of ours names those that hold it (`held_with`)."""
    await execute(
        conn,
        """
        UPDATE community_holder SET state = $3, answered_by = coalesce($4, answered_by), since = now()
        WHERE community_id = $1 AND cooperative_id = $2
        """,
        community_id,
        cooperative_id,
        state,
        by,
    )
    await execute(
        conn,
        """
        UPDATE community c SET held_with = ARRAY(
            SELECT p.uri FROM community_holder h JOIN actor p ON p.id = h.cooperative_id
            WHERE h.community_id = $1 AND h.state = 'held' ORDER BY h.since, p.id)
        FROM actor a WHERE c.actor_id = $1 AND a.id = c.actor_id AND a.local
        """,
        community_id,
    )


async def save_kept(conn: Connection, community_id: int, actor_id: int, kept: bool) -> None:
    """A member agrees that these cooperatives know her, or no longer."""
    await execute(
        conn,
        "UPDATE membership SET kept = $3 WHERE community_id = $1 AND actor_id = $2 AND state = 'member'",
        community_id,
        actor_id,
        kept,
    )


async def list_kept_ids(conn: Connection, community_id: int) -> list[int]:
    """Row ids of the members who agreed to it."""
    return await fetch_column(
        conn,
        """
        SELECT m.actor_id FROM membership m JOIN actor a ON a.id = m.actor_id
        WHERE m.community_id = $1 AND m.state = 'member' AND m.kept AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        ORDER BY m.actor_id
        """,
        community_id,
    )


async def forget_kept(conn: Connection, community_id: int) -> int:
    """Who agreed elsewhere to be known here is known here no longer: our cooperative holds it no more."""
    return await execute(
        conn,
        """
        DELETE FROM membership m USING actor a, actor c
        WHERE m.community_id = $1 AND m.kept AND a.id = m.actor_id AND NOT a.local AND c.id = m.community_id
            AND NOT c.local
        """,
        community_id,
    )


async def list_to_ask(conn: Connection, community_id: int) -> list[int]:
    """Row ids of those whom this server may ask where the community opens anew: its own, and who agreed elsewhere."""
    return await fetch_column(
        conn,
        """
        SELECT m.actor_id FROM membership m JOIN actor a ON a.id = m.actor_id
        WHERE m.community_id = $1 AND m.state = 'member' AND (a.local OR m.kept) AND a.deleted_at IS NULL
            AND a.suspended_at IS NULL
        ORDER BY m.actor_id
        """,
        community_id,
    )


async def find_opened_anew(conn: Connection, uri: str) -> int | None:
    """Row id of the community of ours that says that it was this one before."""
    found = await fetch_column(
        conn,
        """
        SELECT c.actor_id FROM community c JOIN actor a ON a.id = c.actor_id AND a.local AND a.deleted_at IS NULL
        WHERE $1 = ANY(a.also_known_as) AND c.ended_at IS NULL ORDER BY c.actor_id LIMIT 1
        """,
        uri,
    )
    return found[0] if found else None
