"""What somebody brings along who joins: by whose invitation she comes, which versions of the charter she accepted."""

from dataclasses import dataclass

from models.people.documents import acceptances
from models.people.invitations import invitations
from models.store.database import Connection, execute, fetch_one


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


async def record(conn: Connection, actor_id: int, entry: Entry) -> None:
    """Keep what this new account brought along; what she has not accepted is asked of her.

    Raises Conflict whose `field` is `invitation` where its last place is taken, or it ended.
    """
    if entry.invitation_id is not None:
        await invitations.require_open(conn, entry.invitation_id)
        await execute(
            conn,
            "INSERT INTO invitation_use (actor_id, invitation_id) VALUES ($1, $2)",
            actor_id,
            entry.invitation_id,
        )
    await acceptances.accept(conn, actor_id, entry.version_ids)


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
