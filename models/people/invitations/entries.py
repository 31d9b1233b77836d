"""What somebody brings along who joins: by whose invitation she comes, and which versions of the charter she accepted.

It waits under her user name as long as she waits for a yes, and becomes hers with the account.
"""

from dataclasses import dataclass
from datetime import datetime

from models.people.documents import acceptances
from models.people.invitations import invitations
from models.store.database import Connection, execute, fetch_one, fetch_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody brings along, none of it needed where nothing asks for it.

    `proven_email` is where her invitation was sent to: who has it reads the mails of that address.
    """

    invitation_id: int | None = None
    version_ids: tuple[int, ...] = ()
    proven_email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviter:
    """By whom somebody was invited, and what the team noted about it; without a name she is gone."""

    actor_id: int | None
    username: str
    name: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    invitation_id: int | None
    version_ids: list[int]
    at: datetime


async def record(conn: Connection, username: str, entry: Entry) -> None:
    """Keep what she brings along under this name, and give it to her account at once where she has one.

    Raises Conflict whose `field` is `invitation` where its last place is taken, or it ended.
    """
    if entry.invitation_id is not None:
        await invitations.require_open(conn, entry.invitation_id)
    await execute(
        conn,
        """
        INSERT INTO arrival (username, invitation_id, version_ids) VALUES ($1, $2, $3)
        ON CONFLICT (username) DO UPDATE SET invitation_id = excluded.invitation_id,
            version_ids = excluded.version_ids, at = now()
        """,
        username,
        entry.invitation_id,
        list(entry.version_ids),
    )
    actor_id = await fetch_value(
        conn,
        "SELECT a.id FROM actor a JOIN account c ON c.actor_id = a.id WHERE a.local AND a.username = $1",
        username,
    )
    if actor_id is not None:
        await settle(conn, username, actor_id)


async def settle(conn: Connection, username: str, actor_id: int) -> None:
    """Give what waits under this name to its new account; what she has not accepted is asked of her."""
    waiting = await fetch_one(
        conn, _Waiting, "DELETE FROM arrival WHERE username = $1 RETURNING invitation_id, version_ids, at", username
    )
    if waiting is None:
        await acceptances.refresh_due(conn, actor_id)
        return
    if waiting.invitation_id is not None:
        await execute(
            conn,
            "INSERT INTO invitation_use (actor_id, invitation_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            actor_id,
            waiting.invitation_id,
        )
    await acceptances.accept(conn, actor_id, waiting.version_ids, at=waiting.at)


async def forget(conn: Connection, username: str) -> None:
    """She was not let in: her place is free again."""
    await execute(conn, "DELETE FROM arrival WHERE username = $1", username)


async def find_inviter(conn: Connection, actor_id: int) -> Inviter | None:
    """By whom this member was invited, if she was."""
    return await fetch_one(
        conn,
        Inviter,
        """
        SELECT a.id AS actor_id, coalesce(a.username, '') AS username, coalesce(a.name, '') AS name, i.note
        FROM invitation_use u JOIN invitation i ON i.id = u.invitation_id
        LEFT JOIN actor a ON a.id = i.made_by AND a.deleted_at IS NULL
        WHERE u.actor_id = $1
        """,
        actor_id,
    )


async def forget_old(conn: Connection, *, days: int = 90) -> int:
    """Forget what people brought along whom nobody answered for long; how many."""
    return await execute(conn, "DELETE FROM arrival WHERE at < now() - make_interval(days => $1)", days)
