"""How far a report is, for whoever made it: received, somebody reads it, decided, and whether the team acted."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.store.database import Connection, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Of one report: whether somebody of the team took it up (`read`), and whether a measure followed (`acted`).

    Which measure it was concerns the person whom it hits, and is told to her alone.
    """

    id: int
    read: bool
    acted: bool


async def map_progress(conn: Connection, report_ids: Sequence[int]) -> dict[int, Progress]:
    """How far each of these reports is."""
    found = await fetch_all(
        conn,
        Progress,
        """
        SELECT r.id, r.closed_at IS NOT NULL OR c.holder_id IS NOT NULL
                OR EXISTS (SELECT FROM moderation_note n WHERE n.case_id = c.id) AS read,
            r.closed_at IS NOT NULL AND EXISTS (
                SELECT FROM moderation_decision d WHERE d.case_id = c.id AND d.kind <> 'nothing'
                    AND d.effective_at IS NOT NULL AND d.taken_back_at IS NULL) AS acted
        FROM report r LEFT JOIN moderation_case c ON c.id = r.case_id
        WHERE r.id = ANY($1)
        """,
        list(report_ids),
    )
    return {one.id: one for one in found}
