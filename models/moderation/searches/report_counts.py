"""How many reports there are: of one server lately, and of each case, so that a flood is one line with a figure."""

from collections.abc import Sequence
from datetime import timedelta

from models.store.database import Connection, fetch_records, fetch_value


async def count_lately(conn: Connection, host: str, *, within: timedelta) -> int:
    """How many reports came from this server within this time."""
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM report r JOIN actor a ON a.id = r.reporter_id
        WHERE a.host = $1 AND NOT r.local AND r.created_at > now() - $2::interval
        """,
        host,
        within,
    )
    return found


async def count_by_cases(conn: Connection, case_ids: Sequence[int]) -> dict[int, int]:
    """How many reports of each of these cases wait."""
    rows = await fetch_records(
        conn,
        """
        SELECT case_id, count(*) AS waiting FROM report
        WHERE case_id = ANY($1) AND closed_at IS NULL GROUP BY case_id
        """,
        list(case_ids),
    )
    return {row["case_id"]: row["waiting"] for row in rows}
