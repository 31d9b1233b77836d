"""What was decided in a community: by whom, about whom, why, and by which version of the charter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_value

DecisionKind = Literal[
    "created", "edited", "charter", "asked", "approved", "joined", "refused", "invited", "declined", "left", "removed",
    "expired", "member", "moderator", "manager", "unmanaged", "ended", "hold_asked", "held", "hold_declined",
    "hold_ended", "moved", "opened_anew", "hidden", "shown", "dismissed",
]  # fmt: skip
"""`approved` is one voice for a newcomer, `joined` that she is in; `member`, `moderator`, `manager`: a role given.
`hold_…` and `held` are about a cooperative that holds it together with its home (`holders`); `hidden`, `shown`,
`dismissed`: what was reported inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityDecision:
    """One line. Without `actor_id` the clock decided, or somebody who is gone; `name`s are empty for who is gone."""

    id: int
    kind: DecisionKind
    actor_id: int | None
    actor_name: str
    subject_id: int | None
    subject_name: str
    reason: str
    version: int | None
    created_at: datetime


async def record(
    conn: Connection,
    community_id: int,
    kind: DecisionKind,
    *,
    actor_id: int | None,
    subject_id: int | None = None,
    reason: str = "",
) -> None:
    """Keep what was decided, with the version of the charter that stands."""
    await execute(
        conn,
        """
        INSERT INTO community_decision (id, community_id, kind, actor_id, subject_id, reason, version)
        VALUES ($1, $2, $3, $4, $5, $6, (SELECT max(version) FROM community_charter WHERE community_id = $2))
        """,
        make_id(),
        community_id,
        kind,
        actor_id,
        subject_id,
        reason,
    )


async def list_decisions(
    conn: Connection, community_id: int, *, subject_id: int | None = None, before: int | None = None, limit: int = 40
) -> list[CommunityDecision]:
    """The newest first, by keyset; those about one person, where `subject_id` names her."""
    return await fetch_all(
        conn,
        CommunityDecision,
        """
        SELECT d.id, d.kind, d.actor_id, coalesce(nullif(a.name, ''), a.username, '') AS actor_name, d.subject_id,
            coalesce(nullif(s.name, ''), s.username, '') AS subject_name, d.reason, d.version, d.created_at
        FROM community_decision d
        LEFT JOIN actor a ON a.id = d.actor_id AND a.deleted_at IS NULL
        LEFT JOIN actor s ON s.id = d.subject_id AND s.deleted_at IS NULL
        WHERE d.community_id = $1 AND ($2::bigint IS NULL OR d.subject_id = $2) AND ($3::bigint IS NULL OR d.id < $3)
        ORDER BY d.id DESC LIMIT $4
        """,
        community_id,
        subject_id,
        before,
        limit,
    )


async def find_last_edit(conn: Connection, community_id: int) -> int:
    """Which decision changed its settings last, 0 for none: whoever began before that has others before her eyes."""
    found: int = await fetch_value(
        conn,
        "SELECT coalesce(max(id), 0) FROM community_decision WHERE community_id = $1 AND kind = 'edited'",
        community_id,
    )
    return found


async def was_put_out(conn: Connection, community_id: int, subject_id: int) -> bool:
    """Whether the last that was decided about somebody's coming in is that she was put out, or refused: what she does
    herself meanwhile, as asking and leaving, does not change that.
    """
    found: str | None = await fetch_value(
        conn,
        """
        SELECT kind FROM community_decision
        WHERE community_id = $1 AND subject_id = $2 AND kind IN ('joined', 'removed', 'refused')
        ORDER BY id DESC LIMIT 1
        """,
        community_id,
        subject_id,
    )
    return found in ("removed", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDecision:
    """What was decided in a community about somebody, or by her, as she takes it along."""

    id: int
    uri: str
    kind: DecisionKind
    by_her: bool
    reason: str
    version: int | None
    created_at: datetime


async def list_own(conn: Connection, actor_id: int, *, before: int | None, limit: int) -> list[OwnDecision]:
    """The latest first; who else decided, or about whom, is not hers."""
    return await fetch_all(
        conn,
        OwnDecision,
        """
        SELECT d.id, c.uri, d.kind, d.actor_id IS NOT DISTINCT FROM $1 AS by_her, d.reason, d.version, d.created_at
        FROM community_decision d JOIN actor c ON c.id = d.community_id
        WHERE (d.actor_id = $1 OR d.subject_id = $1) AND ($2::bigint IS NULL OR d.id < $2)
        ORDER BY d.id DESC LIMIT $3
        """,
        actor_id,
        before,
        limit,
    )
