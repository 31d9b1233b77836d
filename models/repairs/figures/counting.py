"""One year of repairs, calls and appointments, counted; nobody is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from models.ids import make_id
from models.moments import PARIS
from models.store.database import Connection, fetch_all, fetch_one, fetch_value

Dimension = Literal["month", "organ", "outcome", "bike_type", "commune"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairCount:
    """Repairs that are alike; `timed` of them have their `minutes` noted. Without a known commune it is ""."""

    month: int
    organ: str
    outcome: str
    bike_type: str
    commune: str
    repairs: int
    minutes: int
    timed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCount:
    """Calls that were published, those that somebody answered who was accepted, and after how long usually."""

    published: int
    found: int
    usual_minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingCount:
    """Appointments of the year at shops of ours, by their day: asked for, agreed, done; and who came without one."""

    asked: int
    agreed: int
    done: int
    walk_ins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YearFigures:
    """All of it; `usual_minutes` is the median of the repairs whose time was noted."""

    year: int
    repairs: Sequence[RepairCount]
    usual_minutes: int | None
    calls: CallCount
    bookings: BookingCount

    @property
    def total(self) -> int:
        """All repairs of the year."""
        return sum(one.repairs for one in self.repairs)


async def find_first_year(conn: Connection, today: date) -> int:
    """The year of the first repair that is counted; this one where there is none."""
    found: int | None = await fetch_value(
        conn, "SELECT extract(year FROM min(repaired_on))::integer FROM repair_result WHERE repaired_on <= $1", today
    )
    return found if found is not None else today.year


async def load_year(conn: Connection, year: int) -> YearFigures:
    """What happened in this year, by the clock on the wall."""
    begins = datetime.combine(date(year, 1, 1), time(), PARIS)
    ends = datetime.combine(date(year + 1, 1, 1), time(), PARIS)
    return YearFigures(
        year=year,
        repairs=await _count_repairs(conn, year),
        usual_minutes=await _find_usual_minutes(conn, year),
        calls=await _count_calls(conn, begins, ends),
        bookings=await _count_bookings(conn, begins, ends),
    )


async def _count_repairs(conn: Connection, year: int) -> list[RepairCount]:
    return await fetch_all(
        conn,
        RepairCount,
        """
        SELECT extract(month FROM r.repaired_on)::integer AS month, r.organ, r.outcome, r.bike_type,
            coalesce(c.name, '') AS commune, count(*)::integer AS repairs,
            coalesce(sum(r.minutes), 0)::integer AS minutes, count(r.minutes)::integer AS timed
        FROM counted_repair r LEFT JOIN commune c ON c.code = r.commune_code
        WHERE r.repaired_on >= $1 AND r.repaired_on < $2 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
        """,
        date(year, 1, 1),
        date(year + 1, 1, 1),
    )


async def _find_usual_minutes(conn: Connection, year: int) -> int | None:
    found: int | None = await fetch_value(
        conn,
        """
        SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes))::integer FROM counted_repair
        WHERE repaired_on >= $1 AND repaired_on < $2
        """,
        date(year, 1, 1),
        date(year + 1, 1, 1),
    )
    return found


async def _count_calls(conn: Connection, begins: datetime, ends: datetime) -> CallCount:
    """Those of people here, taken back or not; how fast somebody was found says the first agreement."""
    found = await fetch_one(
        conn,
        CallCount,
        """
        WITH call AS (
            SELECT p.published_at, (SELECT min(a.agreed_at) FROM agreement a WHERE a.listing_id = p.id) AS found_at
            FROM post p JOIN listing l ON l.post_id = p.id AND l.kind = 'repair_call'
            WHERE p.id >= $1 AND p.id < $2 AND p.local AND p.hidden_at IS NULL
        )
        SELECT count(*)::integer AS published, count(found_at)::integer AS found,
            round(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) / 60)::integer AS usual_minutes
        FROM call, LATERAL (SELECT extract(epoch FROM found_at - published_at) AS seconds) AS waited
        """,
        make_id(begins),
        make_id(ends),
    )
    assert found is not None
    return found


async def _count_bookings(conn: Connection, begins: datetime, ends: datetime) -> BookingCount:
    found = await fetch_one(
        conn,
        BookingCount,
        """
        SELECT count(*)::integer AS asked, count(a.agreed_at)::integer AS agreed,
            (count(*) FILTER (WHERE a.state = 'done'))::integer AS done,
            ((SELECT count(*) FROM walk_in WHERE begins_at >= $1 AND begins_at < $2)
                + (SELECT coalesce(sum(total), 0) FROM walk_in_month WHERE month >= $3 AND month < $4))::integer
                AS walk_ins
        FROM appointment_book b JOIN agreement a ON a.listing_id = b.listing_id
        WHERE a.begins_at >= $1 AND a.begins_at < $2
        """,
        begins,
        ends,
        date(begins.year, 1, 1),
        date(ends.year, 1, 1),
    )
    assert found is not None
    return found
