"""Invitations: a link with places and an end, made by the team or by a member, that can be revoked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.errors import Conflict
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

MOST_PLACES = 500

InvitationState = Literal["open", "full", "expired", "revoked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation:
    """What is made. Without `team` it is out of what a member may give away; `email` where it goes to one person.
    `made_by` is nobody for a command.
    """

    made_by: int | None
    team: bool
    places: int
    expires_at: datetime
    note: str = ""
    needs_yes: bool = False
    email: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation as it stands; `used` are the places taken, `turn` says which of its addresses holds.

    `orphaned` is a member's who is not here any more, or suspended.
    """

    id: int
    made_by: int | None
    maker_name: str
    team: bool
    note: str
    places: int
    used: int
    needs_yes: bool
    turn: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    email: str | None
    expired: bool
    orphaned: bool

    @property
    def state(self) -> InvitationState:
        """Whether somebody may still come by it, and if not, why; a member's stops when she leaves or is suspended."""
        if self.revoked_at is not None or self.orphaned:
            return "revoked"
        if self.used >= self.places:
            return "full"
        return "expired" if self.expired else "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Somebody who came by an invitation."""

    invitation_id: int
    actor_id: int
    username: str
    name: str
    used_at: datetime


async def create(conn: Connection, new: NewInvitation) -> int:
    """Make an invitation; its row id."""
    id = make_id()
    await execute(
        conn,
        """
        INSERT INTO invitation (id, made_by, team, note, places, needs_yes, expires_at, email, words, mail_state)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $8::text IS NOT NULL THEN 'waiting' END)
        """,
        id,
        new.made_by,
        new.team,
        new.note,
        new.places,
        new.needs_yes,
        new.expires_at,
        new.email,
        new.words,
    )
    return id


async def find(conn: Connection, id: int) -> Invitation | None:
    """One invitation, as whoever comes by it sees it: without the name of somebody who is suspended."""
    return await fetch_one(
        conn,
        Invitation,
        """
        SELECT i.id, i.made_by,
            CASE WHEN a.suspended_at IS NULL THEN coalesce(nullif(a.name, ''), a.username, '') ELSE '' END
                AS maker_name,
            i.team, i.note, i.places,
            (SELECT count(*) FROM invitation_use u WHERE u.invitation_id = i.id) AS used,
            i.needs_yes, i.turn, i.created_at, i.expires_at, i.revoked_at, i.email,
            i.expires_at <= now() AS expired,
            NOT i.team AND (a.id IS NULL OR a.suspended_at IS NOT NULL) AS orphaned
        FROM invitation i LEFT JOIN actor a ON a.id = i.made_by AND a.deleted_at IS NULL
        WHERE i.id = $1
        """,
        id,
    )


async def list_links(conn: Connection, *, made_by: int | None = None, limit: int = 200) -> list[Invitation]:
    """Invitations by link, the newest first: everybody's, or one person's own."""
    return await fetch_all(
        conn,
        Invitation,
        """
        SELECT i.id, i.made_by, coalesce(nullif(a.name, ''), a.username, '') AS maker_name, i.team, i.note, i.places,
            (SELECT count(*) FROM invitation_use u WHERE u.invitation_id = i.id) AS used,
            i.needs_yes, i.turn, i.created_at, i.expires_at, i.revoked_at, i.email,
            i.expires_at <= now() AS expired,
            NOT i.team AND (a.id IS NULL OR a.suspended_at IS NOT NULL) AS orphaned
        FROM invitation i LEFT JOIN actor a ON a.id = i.made_by AND a.deleted_at IS NULL
        WHERE i.email IS NULL AND ($1::bigint IS NULL OR i.made_by = $1) ORDER BY i.id DESC LIMIT $2
        """,
        made_by,
        limit,
    )


async def list_invited(conn: Connection, ids: list[int]) -> list[Invited]:
    """Who is in by these invitations, the latest first; not those who have not confirmed their address yet."""
    return await fetch_all(
        conn,
        Invited,
        """
        SELECT u.invitation_id, u.actor_id, a.username, a.name, u.used_at
        FROM invitation_use u JOIN actor a ON a.id = u.actor_id JOIN account c ON c.actor_id = a.id
        WHERE u.invitation_id = ANY($1) AND a.deleted_at IS NULL AND a.suspended_at IS NULL
            AND c.confirmed_at IS NOT NULL
        ORDER BY u.used_at DESC
        """,
        ids,
    )


async def revoke(conn: Connection, id: int) -> bool:
    """Let nobody come by it any more; False where it was revoked before."""
    return bool(
        await execute(conn, "UPDATE invitation SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL", id)
    )


async def revoke_all(conn: Connection, actor_id: int) -> None:
    """Let nobody come any more by what a member gave away of her own."""
    await execute(
        conn,
        "UPDATE invitation SET revoked_at = now() WHERE made_by = $1 AND NOT team AND revoked_at IS NULL",
        actor_id,
    )


async def count_given(conn: Connection, actor_id: int) -> int:
    """How many places a member gave away of her own: those taken, and those that are still open."""
    return int(
        await fetch_value(
            conn,
            """
            SELECT coalesce(sum(CASE WHEN i.revoked_at IS NULL AND i.expires_at > now() THEN i.places
                ELSE (SELECT count(*) FROM invitation_use u WHERE u.invitation_id = i.id) END), 0)
            FROM invitation i WHERE i.made_by = $1 AND NOT i.team
            """,
            actor_id,
        )
    )


async def require_open(conn: Connection, id: int) -> Invitation:
    """The invitation, kept from everybody else until the transaction ends, so that its last place is taken once.

    Raises Conflict where nobody may come by it any more.
    """
    await execute(conn, "SELECT FROM invitation WHERE id = $1 FOR UPDATE", id)
    found = await find(conn, id)
    if found is None or found.state != "open":
        raise Conflict("invitation_closed", field="invitation")
    return found
