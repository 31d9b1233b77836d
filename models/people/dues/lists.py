"""Whose dues are to be renewed, and how many stand how."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from models.store.database import Connection, fetch_all
from models.store.statements import compose

Standing = Literal["ended", "ending", "never", "valid", "free"]
"""Ended; about to end; never paid; paid for longer; nothing is asked of her."""

STANDINGS: tuple[Standing, ...] = get_args(Standing)

ENDING_DAYS = 30
"""Dues that end within so many days are about to: members are reminded of them for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuesCounts:
    """How many members stand how."""

    ended: int
    ending: int
    never: int
    valid: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DuesLine:
    """A member on the list."""

    member_id: int
    username: str
    name: str
    valid_until: date | None
    standing: Standing


_MEMBERS = """
    SELECT a.actor_id AS member_id, p.username, coalesce(nullif(p.name, ''), p.username) AS name, d.valid_until,
        CASE WHEN d.member_id IS NULL THEN 'never' WHEN d.valid_until IS NULL THEN 'free'
            WHEN d.valid_until < $1 THEN 'ended' WHEN d.valid_until <= $1 + $2::integer THEN 'ending' ELSE 'valid' END
            AS standing
    FROM account a JOIN actor p ON p.id = a.actor_id LEFT JOIN dues d ON d.member_id = a.actor_id
    WHERE p.type = 'Person' AND NOT a.authority AND NOT a.passing AND a.waits_since IS NULL AND a.disabled_at IS NULL
        AND p.deleted_at IS NULL AND p.moved_to IS NULL
        AND NOT EXISTS (SELECT FROM departure x WHERE x.actor_id = a.actor_id)
"""
"""Who is asked for dues: people who are here, and stay."""

_COUNTS, _LINES = (
    compose(text, members=_MEMBERS)
    for text in (
        """
        SELECT count(*) FILTER (WHERE standing = 'ended')::integer AS ended,
            count(*) FILTER (WHERE standing = 'ending')::integer AS ending,
            count(*) FILTER (WHERE standing = 'never')::integer AS never,
            count(*) FILTER (WHERE standing = 'valid')::integer AS valid,
            count(*) FILTER (WHERE standing = 'free')::integer AS free
        FROM ({members}) AS m
        """,
        """
        SELECT member_id, username, name, valid_until, standing FROM ({members}) AS m WHERE standing = $3
        ORDER BY valid_until, fold(name), member_id LIMIT $4 OFFSET $5
        """,
    )
)


async def count(conn: Connection, today: date) -> DuesCounts:
    """How many stand how."""
    [found] = await fetch_all(conn, DuesCounts, _COUNTS, today, ENDING_DAYS)
    return found


async def list_members(
    conn: Connection, today: date, standing: Standing, *, limit: int, offset: int = 0
) -> list[DuesLine]:
    """Those who stand so, whose dues end first above."""
    return await fetch_all(conn, DuesLine, _LINES, today, ENDING_DAYS, standing, limit, offset)
