"""Appeals: the person objects to a decision, and somebody who had no part in it answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one

WORDS_LIMIT = 5000

FIRST, AGAIN = timedelta(days=7), timedelta(days=7)
"""What nobody answered for so long is told to administrators, and then so often."""

Outcome = Literal["kept", "taken_back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """What the person says, and what was answered; `by_same` where nobody was there who had no part in it."""

    decision_id: int
    words: str
    made_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    outcome: Outcome | None
    answer: str
    by_same: bool


async def save(conn: Connection, decision_id: int, words: str) -> bool:
    """The person objects. False where she did before."""
    return bool(
        await execute(
            conn,
            "INSERT INTO appeal (decision_id, words) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            decision_id,
            words[:WORDS_LIMIT],
        )
    )


async def find(conn: Connection, decision_id: int) -> Appeal | None:
    """The appeal against this decision."""
    return await fetch_one(
        conn,
        Appeal,
        """
        SELECT decision_id, words, made_at, decided_by, decided_at, outcome, answer, by_same
        FROM appeal WHERE decision_id = $1
        """,
        decision_id,
    )


async def map_by_decisions(conn: Connection, decision_ids: Collection[int]) -> dict[int, Appeal]:
    """The appeals against these decisions, by the decisions' ids."""
    found = await fetch_all(
        conn,
        Appeal,
        """
        SELECT decision_id, words, made_at, decided_by, decided_at, outcome, answer, by_same
        FROM appeal WHERE decision_id = ANY($1)
        """,
        list(decision_ids),
    )
    return {one.decision_id: one for one in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealAnswer:
    """What was decided about an appeal, by whom (nobody: a command), why; `by_same` where she had a part in it."""

    outcome: Outcome
    by: int | None
    words: str
    by_same: bool = False


async def answer(conn: Connection, decision_id: int, said: AppealAnswer) -> bool:
    """It is answered. False where somebody was quicker."""
    return bool(
        await execute(
            conn,
            """
            UPDATE appeal SET decided_by = $2, decided_at = now(), outcome = $3, answer = $4, by_same = $5
            WHERE decision_id = $1 AND decided_at IS NULL
            """,
            decision_id,
            said.by,
            said.outcome,
            said.words,
            said.by_same,
        )
    )


async def claim_forgotten(conn: Connection) -> list[int]:
    """Decisions whose appeal nobody answered for days, and of which nobody was reminded lately."""
    return await fetch_column(
        conn,
        """
        UPDATE appeal SET reminded_at = now()
        WHERE decision_id IN (SELECT decision_id FROM appeal WHERE decided_at IS NULL AND made_at < now() - $1::interval
            AND (reminded_at IS NULL OR reminded_at < now() - $2::interval) ORDER BY made_at LIMIT 100
            FOR UPDATE SKIP LOCKED) RETURNING decision_id
        """,
        FIRST,
        AGAIN,
    )
