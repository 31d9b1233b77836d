"""What is to be looked at on a bike, every so many months or kilometres: when it is due, told once, done or put off."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.errors import Conflict, NotFound
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

MOST_REMINDERS = 30
"""Of one bike."""

TITLE_LIMIT = 120
MOST_MONTHS = 120
FEWEST_KM = 10
MOST_KM = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often: months, kilometres, or whichever comes first."""

    title: str
    organ: str | None = None
    every_months: int | None = None
    every_km: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BikeReminder(Rhythm):
    """What is to be done, counted from when it was done last; `told_at` where she heard of it already."""

    id: int
    bike_id: int
    since_on: date
    since_km: int | None
    put_off_until: date | None
    told_at: datetime | None

    @property
    def due_on(self) -> date | None:
        """The day that the months make, where it counts any."""
        return add_months(self.since_on, self.every_months) if self.every_months is not None else None

    @property
    def due_km(self) -> int | None:
        """The kilometres at which it is due, where it counts any and some were told."""
        if self.every_km is None or self.since_km is None:
            return None
        return self.since_km + self.every_km

    def is_due(self, on: date, kilometres: int | None) -> bool:
        """Whether it is time, on that day and at so many kilometres, told or guessed."""
        if self.put_off_until is not None and on < self.put_off_until:
            return False
        by_day = self.due_on is not None and self.due_on <= on
        by_km = self.due_km is not None and kilometres is not None and self.due_km <= kilometres
        return by_day or by_km or self.put_off_until is not None


def add_months(day: date, months: int) -> date:
    """The same day of that month, or its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


async def add(conn: Connection, bike_id: int, rhythm: Rhythm, *, on: date, kilometres: int | None) -> None:
    """One more, counted from that day. Raises Conflict beyond MOST_REMINDERS."""
    await execute(conn, "SELECT FROM bike WHERE id = $1 FOR NO KEY UPDATE", bike_id)
    held = await fetch_value(conn, "SELECT count(*) FROM bike_reminder WHERE bike_id = $1", bike_id)
    if held >= MOST_REMINDERS:
        raise Conflict("reminders_too_many", most=MOST_REMINDERS)
    await execute(
        conn,
        """
        INSERT INTO bike_reminder (id, bike_id, title, organ, every_months, every_km, since_on, since_km)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        make_id(),
        bike_id,
        rhythm.title,
        rhythm.organ,
        rhythm.every_months,
        rhythm.every_km,
        on,
        kilometres,
    )


async def list_of_bike(conn: Connection, bike_id: int) -> list[BikeReminder]:
    """All of a bike, in the order in which they were made."""
    return await fetch_all(conn, BikeReminder, "SELECT * FROM bike_reminder WHERE bike_id = $1 ORDER BY id", bike_id)


async def get(conn: Connection, bike_id: int, reminder_id: int | None) -> BikeReminder:
    """One of this bike. Raises NotFound."""
    found = await fetch_one(
        conn, BikeReminder, "SELECT * FROM bike_reminder WHERE bike_id = $1 AND id = $2", bike_id, reminder_id
    )
    if found is None:
        raise NotFound
    return found


async def mark_done(conn: Connection, reminder_id: int, *, on: date, kilometres: int | None) -> None:
    """It was done that day: it counts anew."""
    await execute(
        conn,
        """
        UPDATE bike_reminder SET since_on = $2, since_km = coalesce($3, since_km), put_off_until = NULL, told_at = NULL
        WHERE id = $1
        """,
        reminder_id,
        on,
        kilometres,
    )


async def put_off(conn: Connection, reminder_id: int, *, until: date) -> None:
    """Not now: she is told again that day."""
    await execute(conn, "UPDATE bike_reminder SET put_off_until = $2, told_at = NULL WHERE id = $1", reminder_id, until)


async def remove(conn: Connection, reminder_id: int) -> None:
    """She does not want to hear of it any more."""
    await execute(conn, "DELETE FROM bike_reminder WHERE id = $1", reminder_id)


async def list_untold(conn: Connection, after: int, *, on: date, limit: int) -> list[BikeReminder]:
    """Those that may be due and were not told: of bikes that are ridden, of members who take part; by id."""
    return await fetch_all(
        conn,
        BikeReminder,
        """
        SELECT r.* FROM bike_reminder r JOIN bike b ON b.id = r.bike_id JOIN account a ON a.actor_id = b.owner_id
        JOIN actor o ON o.id = b.owner_id
        WHERE r.id > $1 AND r.told_at IS NULL AND b.left_at IS NULL AND b.stolen_at IS NULL
            AND a.disabled_at IS NULL AND o.suspended_at IS NULL AND o.deleted_at IS NULL AND o.moved_to IS NULL
            AND (r.put_off_until IS NULL OR r.put_off_until <= $2)
            AND (r.every_km IS NOT NULL OR r.put_off_until IS NOT NULL OR r.since_on <= $3)
        ORDER BY r.id LIMIT $4
        """,
        after,
        on,
        on - timedelta(days=28),
        limit,
    )


async def claim(conn: Connection, reminder_id: int) -> BikeReminder | None:
    """This one, told from now on; None where somebody else told it, or it is gone."""
    return await fetch_one(
        conn,
        BikeReminder,
        "UPDATE bike_reminder SET told_at = now() WHERE id = $1 AND told_at IS NULL RETURNING *",
        reminder_id,
    )
