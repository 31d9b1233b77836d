"""Links by which people come into a community of ours: for so many, until a day, as long as their maker manages it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.hashing import hash_token
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value
from models.store.statements import compose

KEPT = timedelta(days=30)
"""So long a link that ended is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLink:
    """A link as it stands; `used` of its `uses` are taken. It `holds` where somebody may still come in by it."""

    id: int
    community_id: int
    made_by: int
    maker_name: str
    uses: int
    used: int
    expires_at: datetime
    revoked_at: datetime | None
    created_at: datetime
    holds: bool


_READ = """
    SELECT l.id, l.community_id, l.made_by, coalesce(nullif(a.name, ''), a.username) AS maker_name, l.uses, l.used,
        l.expires_at, l.revoked_at, l.created_at,
        l.revoked_at IS NULL AND l.expires_at > now() AND l.used < l.uses AND EXISTS (SELECT FROM membership m
            WHERE m.community_id = l.community_id AND m.actor_id = l.made_by AND m.state = 'member'
                AND m.role = 'manager' AND (m.expires_at IS NULL OR m.expires_at > now())
                AND a.deleted_at IS NULL AND a.suspended_at IS NULL) AS holds
    FROM community_entry_link l JOIN actor a ON a.id = l.made_by
"""

_FIND, _LIST = (
    compose(text, read=_READ)
    for text in ("{read} WHERE l.token_hash = $1", "{read} WHERE l.community_id = $1 ORDER BY l.id DESC LIMIT 100")
)


async def create(conn: Connection, community_id: int, made_by: int, uses: int, expires_at: datetime) -> str:
    """The token of a new link: shown to its maker once, and kept by its hash alone."""
    token = secrets.token_urlsafe(24)
    await execute(
        conn,
        """
        INSERT INTO community_entry_link (id, token_hash, community_id, made_by, uses, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        make_id(),
        hash_token(token),
        community_id,
        made_by,
        uses,
        expires_at,
    )
    return token


async def find(conn: Connection, token: str) -> EntryLink | None:
    """The link of this token, whether or not it holds; looking at it takes no place."""
    return await fetch_one(conn, EntryLink, _FIND, hash_token(token))


async def list_of(conn: Connection, community_id: int) -> list[EntryLink]:
    """The links of a community, the newest first, for who manages it."""
    return await fetch_all(conn, EntryLink, _LIST, community_id)


async def count_open(conn: Connection, community_id: int) -> int:
    """How many of them are neither revoked nor over."""
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM community_entry_link
        WHERE community_id = $1 AND revoked_at IS NULL AND expires_at > now() AND used < uses
        """,
        community_id,
    )
    return found


async def take_place(conn: Connection, id: int) -> bool:
    """Take one of its places; False where none is left any more."""
    return bool(
        await execute(
            conn,
            """
            UPDATE community_entry_link SET used = used + 1
            WHERE id = $1 AND used < uses AND revoked_at IS NULL AND expires_at > now()
            """,
            id,
        )
    )


async def revoke(conn: Connection, community_id: int, id: int) -> bool:
    """Nobody comes in by it any more. False for one that is not of this community, or was revoked before."""
    return bool(
        await execute(
            conn,
            """
            UPDATE community_entry_link SET revoked_at = now()
            WHERE id = $2 AND community_id = $1 AND revoked_at IS NULL
            """,
            community_id,
            id,
        )
    )


async def forget_old(conn: Connection) -> int:
    """Remove links that were over a month ago."""
    return await execute(conn, "DELETE FROM community_entry_link WHERE expires_at < now() - $1::interval", KEPT)
