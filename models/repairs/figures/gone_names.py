"""Who is gone stands in nothing about repairs, nor in its words: open files could leave out no name nobody knows."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from models.repairs.bookings import appointment_books
from models.repairs.bookings.appointment_books import WALK_INS_KEPT
from models.repairs.figures import kept_files
from models.repairs.figures.scrubbing import read_names, scrub_names
from models.repairs.results.notes import RepairNote
from models.repairs.results.results import RepairResult
from models.repairs.results.sides import note_of
from models.store.database import Connection, execute, execute_many, fetch_all, fetch_column


def scrub_note(note: RepairNote, names: Collection[str]) -> RepairNote:
    """What was noted, its words without these names (`read_names`)."""
    return replace(
        note,
        problem=scrub_names(note.problem, names),
        learnt=scrub_names(note.learnt, names),
        brand=scrub_names(note.brand, names),
        parts=tuple(scrub_names(one, names) for one in note.parts),
    )


async def forget_person(conn: Connection, actor_id: int) -> None:
    """What she wrote of repairs goes with the files beside it, and what others wrote of her bike; of what else was said
    of them her name goes.

    Codes, minutes, parts and days stay for the figures, and say no more whose they were. Called while her name is still
    known. A shop is nobody whose name has to go.
    """
    names = await fetch_column(
        conn, "SELECT unnest(ARRAY[name, username]) FROM actor WHERE id = $1 AND type = 'Person'", actor_id
    )
    if names:
        found = await fetch_all(
            conn,
            RepairResult,
            "SELECT * FROM repair_result WHERE author_id = $1 OR repairer_id = $1 OR cyclist_id = $1",
            actor_id,
        )
        await _save(conn, [(one.id, scrub_note(note_of(one), read_names(names))) for one in found])
    await execute(
        conn,
        """
        WITH hers AS (SELECT id FROM repair_result WHERE author_id = $1 OR repairer_id = $1 OR cyclist_id = $1),
            awaited AS (DELETE FROM awaited_file WHERE result_id IN (SELECT id FROM hers))
        DELETE FROM bike_file WHERE result_id IN (SELECT id FROM hers)
        """,
        actor_id,
    )
    changed = await execute(
        conn,
        """
        UPDATE repair_result SET
            problem = CASE WHEN author_id = $1 OR cyclist_id = $1 AND $2 THEN '' ELSE problem END,
            learnt = CASE WHEN author_id = $1 OR cyclist_id = $1 AND $2 THEN '' ELSE learnt END,
            author_id = nullif(author_id, $1), repairer_id = nullif(repairer_id, $1),
            cyclist_id = nullif(cyclist_id, $1)
        WHERE author_id = $1 OR repairer_id = $1 OR cyclist_id = $1
        """,
        actor_id,
        bool(names),
    )
    if changed:
        await kept_files.forget(conn)


@dataclass(frozen=True, slots=True, kw_only=True)
class _WalkInResult(RepairResult):
    """What came out for somebody called so."""

    name: str


async def forget_walk_ins(conn: Connection) -> int:
    """Who walked in a month ago is forgotten, also in what was noted; how many. A sweep."""
    found = await fetch_all(
        conn,
        _WalkInResult,
        """
        SELECT r.*, w.name FROM walk_in w JOIN repair_result r ON r.id = w.result_id
        WHERE w.ends_at < now() - $1::interval
        """,
        WALK_INS_KEPT,
    )
    await _save(conn, [(one.id, scrub_note(note_of(one), read_names([one.name]))) for one in found])
    if found:
        await kept_files.forget(conn)
    return await appointment_books.forget_over(conn)


async def _save(conn: Connection, notes: Collection[tuple[int, RepairNote]]) -> None:
    await execute_many(
        conn,
        "UPDATE repair_result SET problem = $2, learnt = $3, brand = $4, parts = $5 WHERE id = $1",
        [(id, one.problem, one.learnt, one.brand, [*one.parts]) for id, one in notes],
    )
