"""Reports as apps page through them: by whom, about whom, settled or not; never those about the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.ids import HIGHEST_ID
from models.moderation.reports import COLUMNS, Report, ReportCategory
from models.people.roles import RIGHTS
from models.store.database import Connection, execute, fetch_all, fetch_records
from models.store.statements import name_values


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """What is looked for. `before`, `after` and `since` are row ids: `after` asks for those just above it."""

    reader_id: int
    resolved: bool = False
    reporter_id: int | None = None
    target_id: int | None = None
    before: int | None = None
    after: int | None = None
    since: int | None = None
    limit: int = 100

    @property
    def ceiling(self) -> int:
        """Ids are below this."""
        return HIGHEST_ID if self.before is None else self.before

    @property
    def floor(self) -> int:
        """Ids are above this."""
        return max(self.after or 0, self.since or 0)


_FOUND = """
    FROM report WHERE id < :ceiling AND id > :floor
        AND NOT EXISTS (SELECT FROM concerned x WHERE x.about_id = target_id AND x.actor_id = :reader_id)
        AND (closed_at IS NOT NULL) = :resolved
        AND (:reporter_id::bigint IS NULL OR reporter_id = :reporter_id)
        AND (:target_id::bigint IS NULL OR target_id = :target_id)
"""

_NEWEST = name_values(
    "SELECT {columns} {found} ORDER BY id DESC LIMIT :limit", ReportFilter, columns=COLUMNS, found=_FOUND
)

_NEXT = name_values("SELECT {columns} {found} ORDER BY id LIMIT :limit", ReportFilter, columns=COLUMNS, found=_FOUND)


async def search(conn: Connection, wanted: ReportFilter) -> list[Report]:
    """The reports that fit, the newest first."""
    if wanted.after is not None:
        return (await fetch_all(conn, Report, _NEXT.sql, *_NEXT.args(wanted)))[::-1]
    return await fetch_all(conn, Report, _NEWEST.sql, *_NEWEST.args(wanted))


async def set_category(
    conn: Connection, id: int, category: ReportCategory, rules: Sequence[dict[str, Any]] | None = None
) -> None:
    """What the team takes it for, and against which rules; None leaves these as they are."""
    await execute(
        conn,
        "UPDATE report SET category = $2, rules = coalesce($3, rules), changed_at = now() WHERE id = $1",
        id,
        category,
        list(rules) if rules is not None else None,
    )


async def map_holders(conn: Connection, report_ids: Sequence[int]) -> dict[int, int | None]:
    """Who of the team looks just now at the case of each of these reports."""
    rows = await fetch_records(
        conn,
        """
        SELECT r.id, holder.actor_id AS holder_id
        FROM report r LEFT JOIN moderation_case c ON c.id = r.case_id
        LEFT JOIN account holder ON holder.actor_id = c.holder_id AND c.held_until > now()
            AND holder.roles && $2::text[] AND holder.disabled_at IS NULL
        WHERE r.id = ANY($1)
        """,
        list(report_ids),
        sorted(RIGHTS["reports"]),
    )
    return {row["id"]: row["holder_id"] for row in rows}
