"""Days on which a listing is not to be had: what its owner says, what is agreed, and copies of calendars elsewhere.

What others may read are ranges of whole days: a day that the owner keeps looks like one that is lent.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from models.errors import NotFound
from models.ids import make_id
from models.listings.availability import Taken, is_free, list_taken
from models.listings.listings import Listing, ListingDetails, find_stock, has_calendar
from models.moments import PARIS
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_records, fetch_value

KEPT = timedelta(days=30)
"""So long days that passed are known."""

AHEAD = timedelta(days=366)
"""So far a calendar tells."""

MOST_OWN = 100
MOST_RANGES = 200
ASK_AFTER = timedelta(minutes=5)
"""Nobody makes us ask for one calendar more often."""

_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Range:
    """From a moment until before another; what others are told begins and ends at midnight in Paris."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRange:
    """Days that an owner keeps to herself."""

    id: int
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When it is not to be had. `told_at` is when its own server said so; None for listings of ours.

    `known` is False for a copy whose calendar has not come yet.
    """

    ranges: tuple[Range, ...] = ()
    told_at: datetime | None = None
    known: bool = True


async def add(conn: Connection, listing_id: int, begins_at: datetime, ends_at: datetime) -> bool:
    """The owner keeps these days; what they touch becomes one with them. False where too many ranges are kept."""
    merged = await fetch_one(
        conn,
        Range,
        """
        WITH touched AS (
            DELETE FROM unavailability WHERE listing_id = $1 AND begins_at <= $3 AND ends_at >= $2
            RETURNING begins_at, ends_at)
        SELECT least(min(begins_at), $2) AS begins_at, greatest(max(ends_at), $3) AS ends_at FROM touched
        """,
        listing_id,
        begins_at,
        ends_at,
    )
    assert merged is not None
    return bool(
        await execute(
            conn,
            """
            INSERT INTO unavailability (id, listing_id, begins_at, ends_at)
            SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM unavailability WHERE listing_id = $2) < $5
            """,
            make_id(),
            listing_id,
            merged.begins_at,
            merged.ends_at,
            MOST_OWN,
        )
    )


async def remove(conn: Connection, listing_id: int, id: int) -> None:
    """These days are to be had again. Raises NotFound."""
    if not await execute(conn, "DELETE FROM unavailability WHERE listing_id = $1 AND id = $2", listing_id, id):
        raise NotFound


async def list_own(conn: Connection, listing_id: int, *, at: datetime) -> list[OwnRange]:
    """What the owner keeps and what is not over, by time."""
    return await fetch_all(
        conn,
        OwnRange,
        """
        SELECT id, begins_at, ends_at FROM unavailability WHERE listing_id = $1 AND ends_at > $2
        ORDER BY begins_at LIMIT 100
        """,
        listing_id,
        at,
    )


async def forget_over(conn: Connection) -> int:
    """Days that passed a month ago say nothing any more."""
    return await execute(conn, "DELETE FROM unavailability WHERE ends_at < now() - $1::interval", KEPT)


async def load_calendar(conn: Connection, listing: Listing, *, at: datetime) -> Calendar:
    """When a listing is not to be had: of ours as things stand, of others as they said last."""
    details = listing.details
    if not has_calendar(details):
        return Calendar()
    if not listing.post.local:
        return await _load_copy(conn, listing.id, at=at)
    first = midnight(at.astimezone(PARIS).date())
    taken = await list_taken(conn, listing.id, first, first + AHEAD)
    return Calendar(ranges=tuple(find_ranges(details, taken, at=at)))


def find_ranges(details: ListingDetails, taken: Iterable[Taken], *, at: datetime) -> list[Range]:
    """The days, from today on, on which it is not to be had, put together where one follows the other.

    What is lent is gone on each day that is touched; of what somebody does, only days that are full count.
    """
    today = at.astimezone(PARIS).date()
    by_day: dict[date, list[Taken]] = defaultdict(list)
    for one in taken:
        day = max(one.begins_at.astimezone(PARIS).date(), today)
        while day < today + AHEAD and midnight(day) < one.ends_at:
            by_day[day].append(one)
            day += timedelta(days=1)
    return _join([day for day in sorted(by_day) if _is_gone(details, day, by_day[day])])[:MOST_RANGES]


def _is_gone(details: ListingDetails, day: date, taken: list[Taken]) -> bool:
    first, last = midnight(day), midnight(day + timedelta(days=1))
    there = find_stock(details)
    if there is None:
        taken, there = [one for one in taken if one.quantity is None], details.quantity
    wanted = Decimal(1) if details.unit_based else details.quantity
    if details.mode == "loan":
        return not is_free(taken, first, last, wanted=wanted, there=there)
    moments = {first, *(one.ends_at for one in taken if first < one.ends_at < last)}
    return all(not is_free(taken, moment, moment + _STEP, wanted=wanted, there=there) for moment in moments)


def _join(days: list[date]) -> list[Range]:
    found: list[Range] = []
    for day in days:
        first, last = midnight(day), midnight(day + timedelta(days=1))
        if found and found[-1].ends_at == first:
            found[-1] = Range(begins_at=found[-1].begins_at, ends_at=last)
        else:
            found.append(Range(begins_at=first, ends_at=last))
    return found


def midnight(day: date) -> datetime:
    """The first moment of a day in Paris."""
    return datetime.combine(day, time.min, PARIS).astimezone(UTC)


async def _load_copy(conn: Connection, listing_id: int, *, at: datetime) -> Calendar:
    rows = await fetch_records(
        conn,
        """
        SELECT k.told_at, lower(r.held) AS begins_at, upper(r.held) AS ends_at
        FROM calendar_copy k LEFT JOIN calendar_copy_range r ON r.listing_id = k.listing_id AND upper(r.held) > $2
        WHERE k.listing_id = $1 AND k.told_at IS NOT NULL ORDER BY 2
        """,
        listing_id,
        at,
    )
    if not rows:
        return Calendar(known=False)
    kept = (Range(begins_at=row["begins_at"], ends_at=row["ends_at"]) for row in rows if row["begins_at"] is not None)
    return Calendar(ranges=tuple(kept), told_at=rows[0]["told_at"])


async def claim_copy(conn: Connection, listing_id: int) -> bool:
    """Whether the calendar of a listing elsewhere is to be asked for: not lately. Whoever hears yes asks."""
    return bool(
        await execute(
            conn,
            """
            INSERT INTO calendar_copy (listing_id) VALUES ($1)
            ON CONFLICT (listing_id) DO UPDATE SET asked_at = now()
            WHERE calendar_copy.asked_at < now() - $2::interval
            """,
            listing_id,
            ASK_AFTER,
        )
    )


async def find_etag(conn: Connection, listing_id: int) -> str:
    """The tag of the copy that we hold; empty where there is none."""
    return await fetch_value(conn, "SELECT etag FROM calendar_copy WHERE listing_id = $1", listing_id) or ""


async def save_copy(conn: Connection, listing_id: int, ranges: Iterable[Range], etag: str) -> None:
    """What its server says now; a range that ends before it begins is none. Needs the caller's transaction."""
    told = [one for one in ranges if one.begins_at < one.ends_at]
    await execute(
        conn,
        """
        INSERT INTO calendar_copy (listing_id, told_at, etag) VALUES ($1, now(), $2)
        ON CONFLICT (listing_id) DO UPDATE SET told_at = now(), etag = excluded.etag
        """,
        listing_id,
        etag,
    )
    await execute(conn, "DELETE FROM calendar_copy_range WHERE listing_id = $1", listing_id)
    await execute(
        conn,
        """
        INSERT INTO calendar_copy_range (listing_id, held)
        SELECT $1, tstzrange(begins_at, ends_at)
        FROM unnest($2::timestamptz[], $3::timestamptz[]) AS one (begins_at, ends_at)
        """,
        listing_id,
        [one.begins_at for one in told],
        [one.ends_at for one in told],
    )


async def confirm_copy(conn: Connection, listing_id: int) -> None:
    """Its server says that nothing changed."""
    await execute(conn, "UPDATE calendar_copy SET told_at = now() WHERE listing_id = $1", listing_id)
