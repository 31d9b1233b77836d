"""The journal: what those who look after the cooperative did, as which role, by which rule.

Members read role, act, rule and day, never the person; the team reads all of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from models.ids import make_id
from models.moderation.decisions import ModerationDecision
from models.people.accounts import Account, Role
from models.people.roles import RIGHTS, Right
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value

Act = Literal[
    "sign_up_approved",
    "sign_up_refused",
    "member_created",
    "members_imported",
    "login_link_made",
    "second_factor_reset",
    "roles_changed",
    "authority_changed",
    "duty_taken",
    "handed_over",
    "invitation_made",
    "invitation_revoked",
    "case_closed",
    "warned",
    "post_hidden",
    "limited",
    "suspended",
    "excluded",
    "decision_proposed",
    "decision_confirmed",
    "decision_refused",
    "decision_taken_back",
    "decision_ended",
    "appeal_kept",
    "appeal_taken_back",
    "post_released",
    "post_refused",
    "filter_changed",
    "server_decided",
    "settings_changed",
    "document_published",
    "conversation_read",
    "listing_purged",
    "account_exported",
    "place_changed",
    "community_founded",
    "community_manager_named",
    "meeting_changed",
    "repair_shop_changed",
    "dues_noted",
]

DECIDING: frozenset[Act] = frozenset({
    "case_closed", "warned", "post_hidden", "limited", "suspended", "excluded", "decision_proposed",
    "decision_confirmed", "decision_refused", "decision_taken_back", "appeal_kept", "appeal_taken_back",
    "post_released", "post_refused",
})  # fmt: skip
"""What is decided about a person, or undone, by somebody of the team or by a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One act. `details` are for the team alone."""

    id: int
    at: datetime
    by_id: int | None
    role: Role | None
    act: Act
    about_id: int | None
    rule: str
    details: dict[str, Any]


async def record(
    conn: Connection,
    act: Act,
    *,
    by: Account | None,
    right: Right,
    about_id: int | None = None,
    rule: str = "",
    **details: Any,
) -> None:
    """Write down what was done. Without `by` the platform did it by itself, or a command of whoever runs it."""
    role = next((one for one in by.roles if one in RIGHTS[right]), None) if by is not None else None
    await execute(
        conn,
        """
        INSERT INTO journal_entry (id, by_id, role, act, about_id, rule, details)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        make_id(),
        by.actor_id if by is not None else None,
        role,
        act,
        about_id,
        rule,
        details,
    )


async def record_decision(
    conn: Connection, act: Act, decision: ModerationDecision, by: Account | None, **details: Any
) -> None:
    """Write down what was done with a decision."""
    await record(
        conn,
        act,
        by=by,
        right="reports",
        about_id=decision.actor_id,
        rule=decision.rule,
        kind=decision.kind,
        case_id=decision.case_id,
        **details,
    )


async def list_entries(
    conn: Connection,
    reader_id: int | None,
    *,
    span: tuple[datetime, datetime] | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[JournalEntry]:
    """What was done, the latest first, within a span where one is given, by keyset on the id.

    Not what concerns the reader herself, where there is one.
    """
    return await fetch_all(
        conn,
        JournalEntry,
        """
        SELECT id, at, by_id, role, act, about_id, rule, details FROM journal_entry
        WHERE NOT EXISTS (SELECT FROM concerned x WHERE x.about_id = journal_entry.about_id AND x.actor_id = $1)
            AND ($2::timestamptz IS NULL OR (at >= $2 AND at < $3::timestamptz))
            AND ($4::bigint IS NULL OR id < $4)
        ORDER BY id DESC LIMIT $5
        """,
        reader_id,
        span[0] if span else None,
        span[1] if span else None,
        before,
        limit,
    )


async def find_latest(conn: Connection, case_id: int) -> JournalEntry | None:
    """What was decided last in a case, or ended there by itself."""
    return await fetch_one(
        conn,
        JournalEntry,
        """
        SELECT id, at, by_id, role, act, about_id, rule, details FROM journal_entry
        WHERE details ? 'case_id' AND details ->> 'case_id' = $1::bigint::text AND act = ANY($2)
        ORDER BY id DESC LIMIT 1
        """,
        case_id,
        [*DECIDING, "decision_ended"],
    )


async def find_latest_about(
    conn: Connection, about_id: int | None, *, post_id: int | None = None, but: int | None = None
) -> JournalEntry | None:
    """What was decided last about somebody, or about this post of hers; not by who is `but`."""
    return await fetch_one(
        conn,
        JournalEntry,
        """
        SELECT id, at, by_id, role, act, about_id, rule, details FROM journal_entry
        WHERE about_id = $1 AND act = ANY($2) AND ($3::bigint IS NULL OR details ->> 'post_id' = $3::bigint::text)
            AND by_id IS DISTINCT FROM $4
        ORDER BY id DESC LIMIT 1
        """,
        about_id,
        [*DECIDING],
        post_id,
        but or 0,
    )


async def find_seen(conn: Connection, case_id: int) -> int:
    """The id of what somebody decided last in a case, 0 for nothing: by it one knows whether more was."""
    found: int | None = await fetch_value(
        conn,
        """
        SELECT max(id) FROM journal_entry
        WHERE details ? 'case_id' AND details ->> 'case_id' = $1::bigint::text AND act = ANY($2)
        """,
        case_id,
        [*DECIDING],
    )
    return found or 0


async def list_months(conn: Connection) -> list[datetime]:
    """The first moment of each month in which something was done, the latest first."""
    return await fetch_column(
        conn,
        """
        SELECT DISTINCT date_trunc('month', at, 'Europe/Paris') AS month FROM journal_entry
        ORDER BY month DESC LIMIT 120
        """,
    )
