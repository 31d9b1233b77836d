"""What came out for people who walked into a shop of ours: nothing in the result says who they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.errors import NotFound
from models.ids import make_id
from models.repairs.results import results
from models.repairs.results.notes import RepairNote
from models.repairs.results.results import RepairResult
from models.store.database import Connection, execute, fetch_all, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkInLine:
    """Who walked in, in the agenda of the shop `actor_id`; `commune_code` is where that is."""

    id: int
    actor_id: int
    begins_at: datetime
    name: str
    result_id: int | None
    commune_code: str | None


async def get_line(conn: Connection, actor_id: int, walk_in_id: int) -> WalkInLine:
    """The line of this shop's agenda, which nobody else changes meanwhile. Raises NotFound."""
    found = await fetch_one(
        conn,
        WalkInLine,
        """
        SELECT w.id, b.actor_id, w.begins_at, w.name, w.result_id, a.commune_code
        FROM walk_in w JOIN appointment_book b ON b.listing_id = w.listing_id JOIN actor a ON a.id = b.actor_id
        WHERE w.id = $1 AND b.actor_id = $2 FOR UPDATE OF w
        """,
        walk_in_id,
        actor_id,
    )
    if found is None:
        raise NotFound
    return found


async def save_note(conn: Connection, line: WalkInLine, note: RepairNote, *, at: datetime) -> None:
    """What came out for her is this now."""
    id = await results.save(
        conn,
        RepairResult(
            id=make_id(),
            agreement_id=None,
            author_id=line.actor_id,
            repairer_id=line.actor_id,
            cyclist_id=None,
            uri=None,
            bike_type=note.bike_type,
            organ=note.organ,
            outcome=note.outcome,
            barrier=note.barrier,
            minutes=note.minutes,
            parts=[*note.parts],
            learnt=note.learnt,
            problem=note.problem,
            brand=note.brand,
            commune_code=line.commune_code,
            repaired_on=note.repaired_on,
            noted_at=at,
            book_answer=None,
        ),
    )
    await execute(conn, "UPDATE walk_in SET result_id = $2 WHERE id = $1", line.id, id)
    if line.result_id is not None:
        await execute(conn, "DELETE FROM repair_result WHERE id = $1", line.result_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedLine:
    """A line of an agenda, an agreement or somebody who walked in, and its result."""

    line_id: int
    result_id: int


async def map_noted(
    conn: Connection, shop_id: int, *, agreement_ids: Sequence[int], walk_in_ids: Sequence[int]
) -> dict[int, RepairResult]:
    """What the shop itself noted, by the number of the line: an agreement's, or that of who walked in."""
    lines = await fetch_all(
        conn,
        NotedLine,
        """
        SELECT agreement_id AS line_id, id AS result_id FROM repair_result
        WHERE agreement_id = ANY($1) AND author_id = $3
        UNION ALL
        SELECT id, result_id FROM walk_in WHERE id = ANY($2) AND result_id IS NOT NULL
        """,
        [*agreement_ids],
        [*walk_in_ids],
        shop_id,
    )
    found = await results.list_by_ids(conn, [one.result_id for one in lines])
    by_id = {one.id: one for one in found}
    return {one.line_id: by_id[one.result_id] for one in lines if one.result_id in by_id}
