"""Decisions whose time has come: proposals that nobody answered, what was decided for a time, final exclusions."""

from datetime import datetime, timedelta

from models.moderation.decisions import APPEAL_TIME, COLUMNS, ModerationDecision
from models.store.database import Connection, fetch_all, fetch_column
from models.store.going_back import RESPITE
from models.store.statements import compose

ANSWER_WITHIN = timedelta(days=2)
"""So long whoever is asked to confirm has for it; then all of the team are asked."""

FIRST, AGAIN = timedelta(days=7), timedelta(days=7)
"""Proposals that nobody answered for so long are told to administrators too, and then so often."""

_RETURN = compose(
    """
    UPDATE moderation_decision SET second_id = NULL, returned_at = now()
    WHERE id IN (SELECT id FROM moderation_decision WHERE effective_at IS NULL AND refused_at IS NULL
        AND returned_at IS NULL AND decided_at < now() - $1::interval ORDER BY id LIMIT 100
        FOR UPDATE SKIP LOCKED)
    RETURNING {columns}
    """,
    columns=COLUMNS,
)


async def return_unanswered(conn: Connection) -> list[ModerationDecision]:
    """Proposals that whoever was asked did not answer in time: from now on all of the team are asked."""
    return await fetch_all(conn, ModerationDecision, _RETURN, ANSWER_WITHIN)


_REMIND = compose(
    """
    UPDATE moderation_decision SET reminded_at = now()
    WHERE id IN (SELECT id FROM moderation_decision WHERE effective_at IS NULL AND refused_at IS NULL
        AND decided_at < now() - $1::interval AND (reminded_at IS NULL OR reminded_at < now() - $2::interval)
        ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED)
    RETURNING {columns}
    """,
    columns=COLUMNS,
)


async def claim_forgotten(conn: Connection) -> list[ModerationDecision]:
    """Proposals that nobody answered for days, and of which nobody was reminded lately."""
    return await fetch_all(conn, ModerationDecision, _REMIND, FIRST, AGAIN)


_CLAIM_ENDED = compose(
    """
    UPDATE moderation_decision SET lifted_at = now()
    WHERE id IN (SELECT id FROM moderation_decision WHERE ends_at <= now() AND effective_at IS NOT NULL
        AND taken_back_at IS NULL AND lifted_at IS NULL ORDER BY ends_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING {columns}
    """,
    columns=COLUMNS,
)


async def claim_ended(conn: Connection, *, limit: int = 50) -> list[ModerationDecision]:
    """Decisions whose time is over and that were not lifted yet: each is found once, also by two who look at once.

    `sanctions.refresh` lifts them, in the same transaction.
    """
    return await fetch_all(conn, ModerationDecision, _CLAIM_ENDED, limit)


_CLAIM_UNTOLD_ENDS = compose(
    """
    UPDATE moderation_decision SET end_told_at = now()
    WHERE id IN (SELECT id FROM moderation_decision WHERE ends_at <= now() AND effective_at IS NOT NULL
        AND taken_back_at IS NULL AND end_told_at IS NULL ORDER BY ends_at LIMIT 100 FOR UPDATE SKIP LOCKED)
    RETURNING {columns}
    """,
    columns=COLUMNS,
)


async def claim_untold_ends(conn: Connection) -> list[ModerationDecision]:
    """Decisions whose time is over and of which nobody told the person; from now on somebody did."""
    return await fetch_all(conn, ModerationDecision, _CLAIM_UNTOLD_ENDS)


async def list_final_exclusions(conn: Connection, *, at: datetime, limit: int) -> list[int]:
    """Members of ours whose exclusion can no longer be appealed, the longest ago first.

    So long after it took effect (APPEAL_TIME), with no appeal that waits; or once an appeal was refused. None shortly
    after this instance was made again of a backup, which may lack an appeal, or that it was taken back.
    """
    return await fetch_column(
        conn,
        """
        SELECT d.actor_id FROM moderation_decision d JOIN actor a ON a.id = d.actor_id
        LEFT JOIN appeal p ON p.decision_id = d.id
        WHERE d.kind = 'exclude' AND d.effective_at IS NOT NULL AND d.taken_back_at IS NULL
            AND (d.ends_at IS NULL OR d.ends_at > $1) AND a.local AND a.deleted_at IS NULL AND a.excluded_at IS NOT NULL
            AND (p.outcome = 'kept' OR (p.decision_id IS NULL AND d.effective_at <= $1::timestamptz - $2::interval))
            AND NOT EXISTS (SELECT FROM restoration WHERE restored_at > $1::timestamptz - $4::interval)
        GROUP BY d.actor_id ORDER BY min(d.effective_at) LIMIT $3
        """,
        at,
        APPEAL_TIME,
        limit,
        RESPITE,
    )
