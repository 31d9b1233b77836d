"""Invitations sent to one address each: what became of the mail, and how many leave in a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value

KEPT_DAYS = 30
"""So long the address of whoever did not come is known, once the invitation ended."""

MailedState = Literal["waiting", "sent", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailedInvitation:
    """An invitation to one address, and what became of it; `came` is the name of who came by it.

    `waits` while she has not confirmed her address: nobody is shown her profile yet.
    """

    id: int
    email: str
    words: str
    maker_name: str
    turn: int
    mail_state: MailedState
    mail_cause: str | None
    created_at: datetime
    expires_at: datetime
    mailed_at: datetime | None
    revoked_at: datetime | None
    expired: bool
    came: str | None
    came_as: str | None
    waits: bool


async def list_mailed(conn: Connection, *, limit: int = 500) -> list[MailedInvitation]:
    """Those of the last months, the newest first."""
    return await fetch_all(
        conn,
        MailedInvitation,
        """
        SELECT i.id, i.email, i.words, coalesce(nullif(a.name, ''), a.username, '') AS maker_name, i.turn, i.mail_state,
            i.mail_cause, i.created_at, i.expires_at, i.mailed_at, i.revoked_at, i.expires_at <= now() AS expired,
            member.name AS came, member.username AS came_as,
            u.actor_id IS NOT NULL AND c.confirmed_at IS NULL AS waits
        FROM invitation i LEFT JOIN actor a ON a.id = i.made_by AND a.deleted_at IS NULL
        LEFT JOIN invitation_use u ON u.invitation_id = i.id LEFT JOIN account c ON c.actor_id = u.actor_id
        LEFT JOIN actor member ON member.id = u.actor_id AND member.deleted_at IS NULL
        WHERE i.email IS NOT NULL ORDER BY i.id DESC LIMIT $1
        """,
        limit,
    )


async def find_mailed(conn: Connection, id: int) -> MailedInvitation | None:
    """One of them, with what its mail says."""
    return await fetch_one(
        conn,
        MailedInvitation,
        """
        SELECT i.id, i.email, i.words, coalesce(nullif(a.name, ''), a.username, '') AS maker_name, i.turn, i.mail_state,
            i.mail_cause, i.created_at, i.expires_at, i.mailed_at, i.revoked_at, i.expires_at <= now() AS expired,
            member.name AS came, member.username AS came_as,
            u.actor_id IS NOT NULL AND c.confirmed_at IS NULL AS waits
        FROM invitation i LEFT JOIN actor a ON a.id = i.made_by AND a.deleted_at IS NULL AND a.suspended_at IS NULL
        LEFT JOIN invitation_use u ON u.invitation_id = i.id LEFT JOIN account c ON c.actor_id = u.actor_id
        LEFT JOIN actor member ON member.id = u.actor_id
        WHERE i.email IS NOT NULL AND i.id = $1
        """,
        id,
    )


async def filter_members(conn: Connection, emails: Sequence[str]) -> list[str]:
    """Those of these addresses, in lower case, that have an account here; not of who waits to be let in."""
    return await fetch_column(
        conn,
        """
        SELECT lower(c.email) FROM account c JOIN actor a ON a.id = c.actor_id
        WHERE lower(c.email) = ANY($1) AND a.deleted_at IS NULL AND c.waits_since IS NULL
        """,
        list(emails),
    )


async def filter_waiting(conn: Connection, emails: Sequence[str]) -> list[str]:
    """Those of these addresses, in lower case, whose owners ask to join already."""
    return await fetch_column(conn, "SELECT lower(email) FROM sign_up WHERE lower(email) = ANY($1)", list(emails))


async def filter_invited(conn: Connection, emails: Sequence[str]) -> list[str]:
    """Those of these addresses, in lower case, to which an invitation was sent that still holds."""
    return await fetch_column(
        conn,
        """
        SELECT DISTINCT lower(i.email) FROM invitation i
        WHERE lower(i.email) = ANY($1) AND i.revoked_at IS NULL AND i.expires_at > now()
            AND NOT EXISTS (SELECT FROM invitation_use u WHERE u.invitation_id = i.id)
        """,
        list(emails),
    )


async def wait_for_turn(conn: Connection) -> None:
    """Until this transaction ends nobody else invites by mail: two fingers on one button write once."""
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('declic.invitation_mail'))")


async def count_mails(conn: Connection, *, within: timedelta) -> int:
    """How many such mails were asked for lately, whoever asked."""
    return int(
        await fetch_value(
            conn,
            """
            SELECT count(*) FROM invitation
            WHERE email IS NOT NULL AND greatest(created_at, mailed_at) > now() - $1::interval
            """,
            within,
        )
    )


async def send_again(conn: Connection, id: int, *, until: datetime) -> bool:
    """Let another mail go out, with a new address that ends the one before; False where it was used or revoked."""
    return bool(
        await execute(
            conn,
            """
            UPDATE invitation SET turn = turn + 1, mail_state = 'waiting', mail_cause = NULL, mailed_at = now(),
                expires_at = $2
            WHERE id = $1 AND email IS NOT NULL AND revoked_at IS NULL
                AND NOT EXISTS (SELECT FROM invitation_use u WHERE u.invitation_id = invitation.id)
            """,
            id,
            until,
        )
    )


async def note_mail(conn: Connection, id: int, state: MailedState, cause: str | None = None) -> None:
    """What became of the mail."""
    await execute(
        conn,
        "UPDATE invitation SET mail_state = $2, mail_cause = $3, mailed_at = now() WHERE id = $1",
        id,
        state,
        cause,
    )


async def forget_old(conn: Connection, *, days: int = KEPT_DAYS) -> int:
    """Forget addresses of people who did not come, a month after their invitation ended; how many."""
    return await execute(
        conn,
        """
        DELETE FROM invitation WHERE email IS NOT NULL
            AND least(expires_at, revoked_at) < now() - make_interval(days => $1)
            AND NOT EXISTS (SELECT FROM invitation_use u WHERE u.invitation_id = invitation.id)
        """,
        days,
    )
