"""What came out of a repair, as one side of it noted it, by the words of the Open Repair Data Standard 0.3."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value
from models.store.statements import name_values

Outcome = Literal["fixed", "repairable", "end-of-life", "unknown"]
Barrier = Literal[
    "parts-not-available", "parts-too-expensive", "no-way-to-open", "no-information", "lack-of-equipment", "too-worn"
]
BookAnswer = Literal["kept", "declined"]

MOST_PARTS = 20
PART_LIMIT = 120
LEARNT_LIMIT = 1_000
PROBLEM_LIMIT = 500
BRAND_LIMIT = 60
MOST_MINUTES = 6_000
"""A hundred hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairResult:
    """One result. `uri` is of the report that told it, None for what this server alone knows.

    `book_answer` is the cyclist's about the book of her bike, None while it waits for her.
    """

    id: int
    agreement_id: int | None
    author_id: int | None
    repairer_id: int | None
    cyclist_id: int | None
    uri: str | None
    bike_type: str
    organ: str
    outcome: Outcome
    barrier: Barrier | None
    minutes: int | None
    parts: list[str]
    learnt: str
    problem: str
    brand: str
    commune_code: str | None
    repaired_on: date
    noted_at: datetime
    book_answer: BookAnswer | None


_SAVE = name_values(
    """
    INSERT INTO repair_result (id, agreement_id, author_id, repairer_id, cyclist_id, uri, bike_type, organ, outcome,
        barrier, minutes, parts, learnt, problem, brand, commune_code, repaired_on, noted_at, book_answer)
    VALUES (:id, :agreement_id, :author_id, :repairer_id, :cyclist_id, :uri, :bike_type, :organ, :outcome, :barrier,
        :minutes, :parts, :learnt, :problem, :brand, :commune_code, :repaired_on, :noted_at, :book_answer)
    ON CONFLICT (agreement_id, author_id) DO UPDATE SET uri = excluded.uri, bike_type = excluded.bike_type,
        organ = excluded.organ, outcome = excluded.outcome, barrier = excluded.barrier, minutes = excluded.minutes,
        parts = excluded.parts, learnt = excluded.learnt, problem = excluded.problem, brand = excluded.brand,
        repaired_on = excluded.repaired_on, noted_at = excluded.noted_at
    RETURNING id
    """,
    RepairResult,
)


async def save(conn: Connection, result: RepairResult) -> int:
    """Note it; what this author noted before about the same agreement gives way, under its own number.

    The answer for the book stays: who has kept a result is not asked again because of a word that was mended.
    """
    found: int = await fetch_value(conn, _SAVE.sql, *_SAVE.args(result))
    return found


async def find(conn: Connection, result_id: int) -> RepairResult | None:
    """The result of this number, if there is one."""
    return await fetch_one(conn, RepairResult, "SELECT * FROM repair_result WHERE id = $1", result_id)


async def list_by_ids(conn: Connection, ids: list[int]) -> list[RepairResult]:
    """The results of these numbers, in no order."""
    return await fetch_all(conn, RepairResult, "SELECT * FROM repair_result WHERE id = ANY($1)", ids)


async def list_of_agreement(conn: Connection, agreement_id: int) -> list[RepairResult]:
    """What either side noted about this agreement, the first noted first."""
    return await fetch_all(
        conn,
        RepairResult,
        "SELECT * FROM repair_result WHERE agreement_id = $1 ORDER BY noted_at, id",
        agreement_id,
    )


async def find_by_uri(conn: Connection, uri: str) -> RepairResult | None:
    """What this report told."""
    return await fetch_one(conn, RepairResult, "SELECT * FROM repair_result WHERE uri = $1", uri)


async def remove(conn: Connection, uri: str) -> None:
    """The report that told it is taken back."""
    await execute(conn, "DELETE FROM repair_result WHERE uri = $1", uri)


async def forget_person(conn: Connection, actor_id: int) -> None:
    """She is gone, with her words and files; what is counted stays, and says nothing of her."""
    await execute(
        conn,
        """
        WITH hers AS (SELECT id FROM repair_result WHERE author_id = $1 OR repairer_id = $1 OR cyclist_id = $1),
            awaited AS (DELETE FROM awaited_file WHERE result_id IN (SELECT id FROM hers))
        DELETE FROM bike_file WHERE result_id IN (SELECT id FROM hers)
        """,
        actor_id,
    )
    await execute(
        conn,
        """
        UPDATE repair_result SET
            learnt = CASE WHEN author_id = $1 THEN '' ELSE learnt END,
            problem = CASE WHEN author_id = $1 THEN '' ELSE problem END,
            author_id = nullif(author_id, $1), repairer_id = nullif(repairer_id, $1),
            cyclist_id = nullif(cyclist_id, $1)
        WHERE author_id = $1 OR repairer_id = $1 OR cyclist_id = $1
        """,
        actor_id,
    )


async def list_waiting(conn: Connection, cyclist_id: int) -> list[RepairResult]:
    """What others noted about bikes of hers, and she has not answered for her book yet; the newest first."""
    return await fetch_all(
        conn,
        RepairResult,
        """
        SELECT * FROM repair_result WHERE cyclist_id = $1 AND book_answer IS NULL
        ORDER BY repaired_on DESC, id DESC LIMIT 100
        """,
        cyclist_id,
    )


async def save_answer(conn: Connection, result_id: int, answer: BookAnswer) -> None:
    """She keeps it in a book, or does not want it there."""
    await execute(conn, "UPDATE repair_result SET book_answer = $2 WHERE id = $1", result_id, answer)
