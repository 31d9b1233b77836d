"""Whom to remind of dues that end or ended, each time once."""

from dataclasses import dataclass
from datetime import date

from models.people.dues.lists import ENDING_DAYS
from models.store.database import Connection, fetch_column, fetch_one
from models.store.statements import compose

SOON_DAYS = 3
"""So long before the end she is reminded once more: the first time is ENDING_DAYS before, the last the day after."""

LATE_DAYS = 60
"""What ended longer ago is past: a cooperative that begins to ask reminds nobody of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuesReminder:
    """What one member is to be told now."""

    member_id: int
    valid_until: date


_DUE = """
    FROM (
        SELECT member_id, valid_until, told, CASE WHEN valid_until < $1 THEN 3
            WHEN valid_until <= $1 + $2::integer THEN 2 WHEN valid_until <= $1 + $3::integer THEN 1 ELSE 0 END AS step
        FROM dues WHERE valid_until >= $1 - $4::integer
    ) AS d JOIN account a ON a.actor_id = d.member_id JOIN actor p ON p.id = d.member_id
    WHERE d.step > d.told AND a.disabled_at IS NULL AND p.deleted_at IS NULL AND p.suspended_at IS NULL
        AND p.moved_to IS NULL AND NOT EXISTS (SELECT FROM departure x WHERE x.actor_id = d.member_id)
"""

_LIST, _CLAIM = (
    compose(text, due=_DUE)
    for text in (
        "SELECT d.member_id {due} AND d.member_id > $5 ORDER BY d.member_id LIMIT $6",
        """
        UPDATE dues SET told = found.step
        FROM (SELECT d.member_id, d.valid_until, d.step {due} AND d.member_id = $5) AS found
        WHERE dues.member_id = found.member_id AND dues.valid_until = found.valid_until AND dues.told < found.step
        RETURNING dues.member_id, dues.valid_until
        """,
    )
)


async def list_due(conn: Connection, today: date, *, after: int, limit: int) -> list[int]:
    """Members who are to be reminded, beyond this one."""
    return await fetch_column(conn, _LIST, today, SOON_DAYS, ENDING_DAYS, LATE_DAYS, after, limit)


async def claim(conn: Connection, today: date, member_id: int) -> DuesReminder | None:
    """Begin to remind her, once: whoever has it tells her. None where she was, or paid meanwhile."""
    return await fetch_one(conn, DuesReminder, _CLAIM, today, SOON_DAYS, ENDING_DAYS, LATE_DAYS, member_id)
