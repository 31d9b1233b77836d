"""What came and went: of one member, of all, in all; the administrators' list and every line for the spreadsheet."""

from dataclasses import dataclass
from datetime import date, datetime

from models.exchanges.points.values import Kind
from models.store.database import Connection, fetch_all, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A movement as one member sees it: `amount` came where it is above zero, and went where it is below.

    `title` and `url` are of the listing it is about, while there is one; `other_name` is whom she had the exchange
    with, and `exchange_id` their thread.
    """

    id: int
    kind: Kind
    amount: int
    month: date | None
    reason: str
    by_name: str | None
    title: str | None
    url: str | None
    other_name: str | None
    exchange_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPoints:
    """What one member has, and what made it: given by the cooperative, by others, and gone to others."""

    actor_id: int
    username: str
    name: str
    balance: int
    granted: int
    received: int
    spent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What members have in all, what some of them owe, and what moved between them this month."""

    held: int
    owed: int
    exchanges: int
    exchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """A movement as the spreadsheet shows it, from whom to whom; None is the cooperative."""

    id: int
    created_at: datetime
    kind: Kind
    amount: int
    giver: str | None
    taker: str | None
    reason: str
    by_username: str | None


async def list_movements(conn: Connection, member_id: int, *, before: int | None = None, limit: int) -> list[Movement]:
    """What came and went of a member, the newest first."""
    return await fetch_all(
        conn,
        Movement,
        """
        SELECT m.id, m.kind, mine.amount, m.month, m.reason,
            coalesce(nullif(admin.name, ''), admin.username) AS by_name,
            nullif(l.title, '') AS title, p.url, coalesce(nullif(other.name, ''), other.username) AS other_name,
            a.exchange_id, m.created_at
        FROM points_line mine
        JOIN points_movement m ON m.id = mine.movement_id
        LEFT JOIN points_line theirs ON theirs.movement_id = m.id AND theirs.member_id <> mine.member_id
        LEFT JOIN actor other ON other.id = theirs.member_id
        LEFT JOIN actor admin ON admin.id = m.by_id
        LEFT JOIN agreement a ON a.id = m.agreement_id
        LEFT JOIN post p ON p.id = coalesce(m.listing_id, a.listing_id) AND p.deleted_at IS NULL
        LEFT JOIN listing l ON l.post_id = p.id
        WHERE mine.member_id = $1 AND ($2::bigint IS NULL OR mine.movement_id < $2)
        ORDER BY mine.movement_id DESC LIMIT $3
        """,
        member_id,
        before,
        limit,
    )


async def list_members(conn: Connection, *, search: str = "", limit: int = 50, offset: int = 0) -> list[MemberPoints]:
    """Members by name with what they have; `search` is part of the name or user name, accents and case aside."""
    return await fetch_all(
        conn,
        MemberPoints,
        """
        WITH page AS MATERIALIZED (  -- first who is shown, then the sums of those alone
            SELECT a.actor_id, actor.username, actor.name FROM account a JOIN actor ON actor.id = a.actor_id
            WHERE actor.deleted_at IS NULL AND a.confirmed_at IS NOT NULL
                AND ($1 = '' OR strpos(fold(actor.username || ' ' || actor.name), fold($1)) > 0)
            ORDER BY fold(actor.name), actor.username
            LIMIT $2 OFFSET $3
        )
        SELECT page.*, sums.balance, sums.granted, sums.received, sums.spent
        FROM page CROSS JOIN LATERAL (
            SELECT coalesce(sum(l.amount), 0)::bigint AS balance,
                coalesce(sum(l.amount) FILTER (WHERE m.kind <> 'exchange'), 0)::bigint AS granted,
                coalesce(sum(l.amount) FILTER (WHERE m.kind = 'exchange' AND l.amount > 0), 0)::bigint AS received,
                coalesce(-sum(l.amount) FILTER (WHERE m.kind = 'exchange' AND l.amount < 0), 0)::bigint AS spent
            FROM points_line l JOIN points_movement m ON m.id = l.movement_id WHERE l.member_id = page.actor_id
        ) AS sums
        ORDER BY fold(page.name), page.username
        """,
        search.strip(),
        limit,
        offset,
    )


async def find_totals(conn: Connection) -> Totals:
    """The cooperative's points in a few figures."""
    found = await fetch_one(
        conn,
        Totals,
        """
        SELECT coalesce(sum(balance) FILTER (WHERE balance > 0), 0)::bigint AS held,
            coalesce(-sum(balance) FILTER (WHERE balance < 0), 0)::bigint AS owed,
            moved.exchanges, moved.exchanged
        FROM (
            SELECT count(*) AS exchanges, coalesce(sum(l.amount), 0)::bigint AS exchanged
            FROM points_movement m JOIN points_line l ON l.movement_id = m.id AND l.amount > 0
            WHERE m.kind = 'exchange'
                AND m.created_at >= date_trunc('month', now(), 'Europe/Paris')
        ) AS moved
        LEFT JOIN (
            SELECT sum(amount) AS balance FROM points_line WHERE member_id IS NOT NULL GROUP BY member_id
        ) AS each ON true
        GROUP BY moved.exchanges, moved.exchanged
        """,
    )
    assert found is not None
    return found


async def list_entries(conn: Connection, *, after: int = 0, limit: int) -> list[LedgerEntry]:
    """All movements in the order in which they were written, some at a time."""
    return await fetch_all(
        conn,
        LedgerEntry,
        """
        SELECT m.id, m.created_at, m.kind, came.amount, giver.username AS giver, taker.username AS taker, m.reason,
            admin.username AS by_username
        FROM points_movement m
        JOIN points_line came ON came.movement_id = m.id AND came.amount > 0
        JOIN points_line went ON went.movement_id = m.id AND went.amount < 0
        LEFT JOIN actor giver ON giver.id = went.member_id
        LEFT JOIN actor taker ON taker.id = came.member_id
        LEFT JOIN actor admin ON admin.id = m.by_id
        WHERE m.id > $1 ORDER BY m.id LIMIT $2
        """,
        after,
        limit,
    )
