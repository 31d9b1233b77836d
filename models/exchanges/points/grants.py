"""What the cooperative gives: on joining, each month, for an object deposited; and what it takes back."""

from datetime import UTC, date, datetime

from models import preferences
from models.exchanges.points.ledger import lock, record
from models.exchanges.points.promises import find_means
from models.exchanges.points.values import NewMovement
from models.listings.listings import Listing, ListingMode
from models.moments import PARIS
from models.preferences import Preferences
from models.store.database import Connection, fetch_records, fetch_value

OBJECTS: tuple[ListingMode, ...] = ("loan", "gift", "swap")
"""Modes in which an offer is an object deposited; services have no deposit, sales are for money."""

DEPOSITS = 20
"""The most deposits of a member that are counted in 30 days: whoever publishes much is not paid for publishing."""

STANDS_FOR = 30
"""Days an offer has to stand: withdrawn or cancelled before, its grant is taken back."""

SAME_WITHIN = 180
"""Days in which an offer of the same title is the same object; one whose grant was taken back does not count."""

PAST = 90
"""Days after which a deposit is no longer looked at; what could not be taken back by then is let go."""


async def grant_welcome(conn: Connection, member_id: int, *, at: datetime | None = None) -> bool:
    """Give a member what she gets on joining, if the cooperative keeps points and she never got it."""
    chosen = await preferences.load(conn)
    return await _welcome(conn, chosen, member_id, at)


async def grant_due(conn: Connection, *, at: datetime, limit: int) -> int:
    """Give members what they are due at that moment, at most so many of each; how many movements were written.

    Whoever joined before points were kept is welcomed now. The month's grant is for months that began since she was
    welcomed, whenever in the month this runs; a month in which it never ran gives nothing. Everybody who may log in
    gets it but those who moved elsewhere.
    """
    chosen = await preferences.load(conn)
    if not chosen.points:
        return 0
    month = at.astimezone(PARIS).date().replace(day=1)
    given = [
        *[await _welcome(conn, chosen, id, at) for id in await _list_unwelcomed(conn, chosen, limit)],
        *[await _grant_month(conn, chosen, id, month, at) for id in await _list_without(conn, chosen, month, limit)],
    ]
    return sum(given)


async def grant_deposit(conn: Connection, listing: Listing, *, at: datetime | None = None) -> bool:
    """Give the author of a new offer of an object what a deposit brings; False where it is none, or no new one."""
    details, author_id = listing.details, listing.post.author_id
    if details.kind != "offer" or details.mode not in OBJECTS:
        return False
    chosen = await preferences.load(conn)
    if not chosen.points or not chosen.points_deposit:
        return False
    if not await lock(conn, author_id) or not await _is_new(conn, author_id, details.title, at):
        return False
    return await record(
        conn,
        NewMovement(
            kind="deposit",
            amount=chosen.points_deposit,
            giver_id=None,
            taker_id=author_id,
            listing_id=listing.id,
            listing_title=details.title,
            at=at,
        ),
    )


async def take_back_due(conn: Connection, *, listing_id: int | None = None, at: datetime | None = None) -> int:
    """Take back what was given for offers that did not stand, of one listing or of all; how many points.

    No more is taken than the member may spend; the rest waits until she has it. Whoever publishes, spends and withdraws
    thus owes what she got.
    """
    chosen = await preferences.load(conn)
    taken = 0
    for due in await _list_not_standing(conn, listing_id, at) if chosen.points else []:
        if not await lock(conn, due["member_id"]):
            continue
        left = due["granted"] - await _sum_taken_back(conn, due["listing_id"])
        amount = min(left, (await find_means(conn, due["member_id"])).free)
        if amount <= 0:
            continue
        taken += amount
        await record(
            conn,
            NewMovement(
                kind="taken_back",
                amount=amount,
                giver_id=due["member_id"],
                taker_id=None,
                listing_id=due["listing_id"],
                at=at,
            ),
        )
    return taken


async def _welcome(conn: Connection, chosen: Preferences, member_id: int, at: datetime | None) -> bool:
    if not chosen.points or not chosen.points_joining:
        return False
    new = NewMovement(kind="joining", amount=chosen.points_joining, giver_id=None, taker_id=member_id, at=at)
    return await record(conn, new)


async def _grant_month(conn: Connection, chosen: Preferences, member_id: int, month: date, at: datetime) -> bool:
    new = NewMovement(
        kind="monthly", amount=chosen.points_monthly, giver_id=None, taker_id=member_id, month=month, at=at
    )
    return await record(conn, new)


async def _list_unwelcomed(conn: Connection, chosen: Preferences, limit: int) -> list[int]:
    if not chosen.points_joining:
        return []
    rows = await fetch_records(
        conn,
        """
        SELECT a.actor_id FROM account a JOIN actor ON actor.id = a.actor_id
        WHERE a.confirmed_at IS NOT NULL AND a.disabled_at IS NULL AND actor.deleted_at IS NULL
            AND actor.moved_to IS NULL
            AND NOT EXISTS (SELECT FROM points_movement m WHERE m.member_id = a.actor_id AND m.kind = 'joining')
        ORDER BY a.actor_id LIMIT $1
        """,
        limit,
    )
    return [row["actor_id"] for row in rows]


async def _list_without(conn: Connection, chosen: Preferences, month: date, limit: int) -> list[int]:
    """Members who joined before this month and have not got its grant yet."""
    if not chosen.points_monthly:
        return []
    rows = await fetch_records(
        conn,
        """
        SELECT a.actor_id FROM account a JOIN actor ON actor.id = a.actor_id
        LEFT JOIN points_movement j ON j.member_id = a.actor_id AND j.kind = 'joining'
        WHERE a.confirmed_at IS NOT NULL AND a.disabled_at IS NULL AND actor.deleted_at IS NULL
            AND actor.moved_to IS NULL
            AND greatest(a.confirmed_at, j.created_at) < $2
            AND NOT EXISTS (SELECT FROM points_movement m
                WHERE m.member_id = a.actor_id AND m.kind = 'monthly' AND m.month = $1)
        ORDER BY a.actor_id LIMIT $3
        """,
        month,
        datetime(month.year, month.month, 1, tzinfo=PARIS).astimezone(UTC),
        limit,
    )
    return [row["actor_id"] for row in rows]


async def _is_new(conn: Connection, author_id: int, title: str, at: datetime | None) -> bool:
    """Whether this is no object that she deposited lately, nor one of too many."""
    found: bool = await fetch_value(
        conn,
        """
        SELECT count(*) FILTER (WHERE m.created_at > moment - make_interval(days => 30)) < $4
            AND NOT coalesce(bool_or(m.listing_key = sha256(convert_to(fold($2), 'UTF8'))
                AND l.amount > coalesce((SELECT sum(back.amount) FROM points_movement b
                    JOIN points_line back ON back.movement_id = b.id AND back.member_id IS NULL
                    WHERE b.listing_id = m.listing_id AND b.kind = 'taken_back'), 0)), false)
        FROM coalesce($3, now()) AS moment
        LEFT JOIN points_movement m ON m.member_id = $1 AND m.kind = 'deposit'
            AND m.created_at > moment - make_interval(days => $5)
        LEFT JOIN points_line l ON l.movement_id = m.id AND l.member_id = $1
        """,
        author_id,
        title,
        at,
        DEPOSITS,
        SAME_WITHIN,
    )
    return found


async def _list_not_standing(conn: Connection, listing_id: int | None, at: datetime | None) -> list[dict[str, int]]:
    """Deposits whose offer was withdrawn or cancelled too soon and that were not taken back whole."""
    rows = await fetch_records(
        conn,
        """
        SELECT m.member_id, m.listing_id, given.amount AS granted
        FROM points_movement m
        JOIN points_line given ON given.movement_id = m.id AND given.member_id = m.member_id
        JOIN post p ON p.id = m.listing_id
        JOIN listing l ON l.post_id = p.id
        WHERE m.kind = 'deposit' AND ($1::bigint IS NULL OR m.listing_id = $1)
            AND m.created_at > coalesce($2, now()) - make_interval(days => $4)
            AND coalesce(p.deleted_at, CASE WHEN l.status = 'cancelled' THEN p.updated_at END)
                < m.created_at + make_interval(days => $3)
            AND given.amount > coalesce((SELECT sum(back.amount) FROM points_movement b
                JOIN points_line back ON back.movement_id = b.id AND back.member_id IS NULL
                WHERE b.listing_id = m.listing_id AND b.kind = 'taken_back'), 0)
        ORDER BY m.member_id, m.id
        """,
        listing_id,
        at,
        STANDS_FOR,
        PAST,
    )
    return [dict(row) for row in rows]


async def _sum_taken_back(conn: Connection, listing_id: int) -> int:
    """Read again once the member is locked: somebody else may have taken it meanwhile."""
    found: int = await fetch_value(
        conn,
        """
        SELECT coalesce(sum(l.amount), 0)::bigint FROM points_movement m
        JOIN points_line l ON l.movement_id = m.id AND l.member_id IS NULL
        WHERE m.listing_id = $1 AND m.kind = 'taken_back'
        """,
        listing_id,
    )
    return found
