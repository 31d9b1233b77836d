"""Communities: Groups of people, ours and copies of those whose home is elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from models.errors import NotFound
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value
from models.store.statements import compose, fragment

Access = Literal["open", "on_request", "invitation"]
"""Whoever says yes to the charter is in; somebody lets her in; only who was invited."""

ACCESSES: tuple[Access, ...] = get_args(Access)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunitySettings:
    """How a community works. `approvals_needed` members let a newcomer in together; with 0 one manager does.

    `parent_uri` names the community that it belongs to, which gives nobody any right; `held_with` the cooperatives
    that hold it together with its home.
    """

    access: Access
    hidden: bool = False
    members_shown: bool = False
    approvals_needed: int = 0
    parent_uri: str | None = None
    held_with: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """A community as it is read. Its home is here where `local`; `version` is its charter's, 0 without any."""

    actor_id: int
    uri: str
    username: str
    host: str
    name: str
    summary: str
    url: str
    local: bool
    access: Access
    hidden: bool
    members_shown: bool
    approvals_needed: int
    parent_uri: str | None
    held_with: list[str]
    version: int
    members: int
    ended_at: datetime | None
    created_at: datetime


_READ_ALL = """
    SELECT c.actor_id, a.uri, a.username, a.host, coalesce(nullif(a.name, ''), a.username) AS name, a.summary, a.url,
        a.local, c.access, c.hidden, c.members_shown, c.approvals_needed, c.parent_uri, c.held_with,
        coalesce((SELECT max(h.version) FROM community_charter h WHERE h.community_id = c.actor_id), 0) AS version,
        (SELECT count(*)::integer FROM membership n
            WHERE n.community_id = c.actor_id AND n.state = 'member') AS members,
        c.ended_at, c.created_at
    FROM community c JOIN actor a ON a.id = c.actor_id AND a.deleted_at IS NULL
"""

_READ = fragment("{all} AND a.suspended_at IS NULL", all=_READ_ALL)

_INSIDE = """
    EXISTS (SELECT FROM membership i
        WHERE i.community_id = c.actor_id AND i.actor_id = $2 AND i.state IN ('invited', 'asked', 'member'))
"""
"""Who knows of a hidden one."""


async def create(conn: Connection, actor_id: int, settings: CommunitySettings) -> None:
    """Make this Group of ours a community."""
    await execute(
        conn,
        """
        INSERT INTO community (actor_id, access, hidden, members_shown, approvals_needed, parent_uri, held_with)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        actor_id,
        *_args(settings),
    )


async def save(conn: Connection, actor_id: int, settings: CommunitySettings) -> None:
    """It works like this from now on."""
    await execute(
        conn,
        """
        UPDATE community SET access = $2, hidden = $3, members_shown = $4, approvals_needed = $5, parent_uri = $6,
            held_with = $7
        WHERE actor_id = $1
        """,
        actor_id,
        *_args(settings),
    )


async def save_remote(conn: Connection, actor_id: int, settings: CommunitySettings) -> None:
    """Keep what its home says of a community elsewhere; nothing is changed of one of ours."""
    await execute(
        conn,
        """
        INSERT INTO community (actor_id, access, hidden, members_shown, approvals_needed, parent_uri, held_with)
        SELECT id, $2, $3, $4, $5, $6, $7 FROM actor WHERE id = $1 AND NOT local
        ON CONFLICT (actor_id) DO UPDATE SET access = excluded.access, hidden = excluded.hidden,
            members_shown = excluded.members_shown, approvals_needed = excluded.approvals_needed,
            parent_uri = excluded.parent_uri, held_with = excluded.held_with
        """,
        actor_id,
        *_args(settings),
    )


def _args(settings: CommunitySettings) -> tuple[object, ...]:
    return (
        settings.access,
        settings.hidden,
        settings.members_shown,
        settings.approvals_needed,
        settings.parent_uri,
        list(settings.held_with),
    )


_FIND, _FIND_BY_URI, _FIND_BY_NAME, _FIND_FOR, _FIND_BY_HANDLE, _LIST_OWN, _LIST_LED, _LIST_OPEN, _LIST_LOCAL = (
    compose(text, read=_READ, **parts)
    for text, parts in (
        ("{read} WHERE c.actor_id = $1", {}),
        ("{read} WHERE a.uri = $1", {}),
        ("{read} WHERE lower(a.username) = lower($1) AND a.local", {}),
        ("{read} WHERE c.actor_id = $1 AND (NOT c.hidden OR {inside})", {"inside": _INSIDE}),
        (
            """
            {read} WHERE lower(a.username) = lower($1) AND CASE WHEN $3 = '' THEN a.local ELSE a.host = $3 END
                AND (NOT c.hidden OR {inside})
            """,
            {"inside": _INSIDE},
        ),
        (
            """
            {read} JOIN membership m ON m.community_id = c.actor_id
            WHERE m.actor_id = $1 AND m.state IN ('invited', 'asked', 'member')
            ORDER BY fold(coalesce(nullif(a.name, ''), a.username)), c.actor_id
            """,
            {},
        ),
        (
            """
            {read} JOIN membership m ON m.community_id = c.actor_id
            WHERE m.actor_id = $1 AND m.state = 'member' AND m.role <> 'member' AND a.local AND c.ended_at IS NULL
            ORDER BY fold(coalesce(nullif(a.name, ''), a.username)), c.actor_id
            """,
            {},
        ),
        (
            """
            {read} WHERE ($1::bigint IS NULL OR c.actor_id < $1) AND (NOT c.hidden OR {inside}) AND c.ended_at IS NULL
            ORDER BY c.actor_id DESC LIMIT $3
            """,
            {"inside": _INSIDE},
        ),
        ("{read} WHERE a.local AND c.ended_at IS NULL ORDER BY c.actor_id DESC", {}),
    )
)


_FIND_KEPT = compose("{read} WHERE a.uri = $1", read=_READ_ALL)


async def find(conn: Connection, actor_id: int) -> Community | None:
    """The community that this actor is, whoever may know of it; None for any other actor."""
    return await fetch_one(conn, Community, _FIND, actor_id)


async def find_kept(conn: Connection, uri: str) -> Community | None:
    """The same by its id, also while it is set aside: whoever wants to may leave it even then."""
    return await fetch_one(conn, Community, _FIND_KEPT, uri)


async def find_by_uri(conn: Connection, uri: str) -> Community | None:
    """The same by its id."""
    return await fetch_one(conn, Community, _FIND_BY_URI, uri)


async def find_local(conn: Connection, username: str) -> Community | None:
    """The community of ours with this name, whoever may know of it."""
    return await fetch_one(conn, Community, _FIND_BY_NAME, username)


async def get_for(conn: Connection, actor_id: int, reader_id: int | None) -> Community:
    """The community for this reader. Raises NotFound for a hidden one as for what does not exist."""
    found = await fetch_one(conn, Community, _FIND_FOR, actor_id, reader_id)
    if found is None:
        raise NotFound
    return found


async def get_by_handle(conn: Connection, username: str, host: str, reader_id: int | None) -> Community:
    """The same by its name, and the host of one elsewhere ("" for ours)."""
    found = await fetch_one(conn, Community, _FIND_BY_HANDLE, username, reader_id, host)
    if found is None:
        raise NotFound
    return found


async def list_local(conn: Connection) -> list[Community]:
    """All of ours that stand, hidden ones too, for the team; the newest first."""
    return await fetch_all(conn, Community, _LIST_LOCAL)


async def list_own(conn: Connection, actor_id: int) -> list[Community]:
    """Those that somebody is in, was invited to or asks to enter, by their names."""
    return await fetch_all(conn, Community, _LIST_OWN, actor_id)


async def list_led(conn: Connection, actor_id: int) -> list[Community]:
    """Those of ours that somebody manages or moderates, by their names."""
    return await fetch_all(conn, Community, _LIST_LED, actor_id)


async def list_known(
    conn: Connection, reader_id: int | None, *, before: int | None = None, limit: int = 40
) -> list[Community]:
    """Those that this reader may know of, ours and elsewhere's, the newest first, by keyset on `actor_id`."""
    return await fetch_all(conn, Community, _LIST_OPEN, before, reader_id, limit)


async def is_hidden_from(conn: Connection, actor_id: int, host: str) -> bool:
    """Whether nobody of this server is in a community, was invited or asked, and its cooperative does not hold it: to
    all others a hidden one is missing. Where it lived before it opened anew here it is known, so that it can move.
    """
    return bool(
        await fetch_value(
            conn,
            """
            SELECT c.hidden AND NOT EXISTS (SELECT FROM membership m JOIN actor a ON a.id = m.actor_id
                WHERE m.community_id = c.actor_id AND m.state IN ('invited', 'asked', 'member') AND a.host = $2)
                AND NOT EXISTS (SELECT FROM community_holder h JOIN actor a ON a.id = h.cooperative_id
                    WHERE h.community_id = c.actor_id AND h.state IN ('asked', 'held') AND a.host = $2)
                AND NOT EXISTS (SELECT FROM actor n JOIN actor o ON o.uri = ANY(n.also_known_as)
                    WHERE n.id = c.actor_id AND o.host = $2)
            FROM community c WHERE c.actor_id = $1
            """,
            actor_id,
            host,
        )
    )


async def list_hosts(conn: Connection, actor_id: int) -> set[str]:
    """The servers that may know of it also while it is hidden: of people in touch with it, and those that hold it."""
    found = await fetch_column(
        conn,
        """
        SELECT a.host FROM membership m JOIN actor a ON a.id = m.actor_id
        WHERE m.community_id = $1 AND m.state IN ('invited', 'asked', 'member')
        UNION
        SELECT a.host FROM community_holder h JOIN actor a ON a.id = h.cooperative_id
        WHERE h.community_id = $1 AND h.state IN ('asked', 'held')
        """,
        actor_id,
    )
    return set(found)


async def lose_strangers(conn: Connection, actor_id: int) -> int:
    """Whoever follows it and is in no touch with it follows no longer: it is hidden from now on."""
    return await execute(
        conn,
        """
        DELETE FROM follow f WHERE f.followed_id = $1 AND NOT EXISTS (SELECT FROM membership m
            WHERE m.community_id = $1 AND m.actor_id = f.follower_id AND m.state IN ('invited', 'asked', 'member'))
        """,
        actor_id,
    )


async def end(conn: Connection, actor_id: int) -> None:
    """Nobody is left in it."""
    await execute(conn, "UPDATE community SET ended_at = now() WHERE actor_id = $1", actor_id)
