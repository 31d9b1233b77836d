"""The times at which a shop takes appointments, by days, a week at a time: one is chosen by a plain link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from urllib.parse import urlencode

from models.listings.listings import Listing
from models.moments import PARIS
from models.repairs.bookings import appointment_books, slot_copies
from models.repairs.bookings.slots import Slot
from models.store.database import Connection

WEEK = timedelta(days=7)

YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotLink:
    """One time, the way to choose it, and how much room there is."""

    begins_at: datetime
    ends_at: datetime
    href: str
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotDay:
    """A day that has some."""

    day: date
    slots: list[SlotLink]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotWeek:
    """Seven days from `first`, with the ways to those before and after that have any.

    Of a shop elsewhere `told_at` is when it said so; `known` is False where it has said nothing yet.
    """

    first: date
    days: list[SlotDay]
    earlier: str
    later: str
    told_at: datetime | None = None
    known: bool = True


async def draw_week(conn: Connection, listing: Listing, path: str, wanted: str) -> SlotWeek:
    """The week that the address asks for, else the first one that has slots; addresses that are none count as none."""
    at = datetime.now(UTC)
    if listing.post.local:
        slots = await appointment_books.list_slots(conn, listing, at=at)
        return _draw(path, slots, _read_first(wanted, slots, at))
    copy = await slot_copies.load(conn, listing.id, at=at)
    week = _draw(path, [*copy.slots], _read_first(wanted, copy.slots, at))
    return replace(week, told_at=copy.told_at, known=copy.told_at is not None)


def _draw(path: str, slots: Sequence[Slot], first: date) -> SlotWeek:
    return SlotWeek(
        first=first,
        days=_list_days(path, [one for one in slots if first <= _day_of(one) < first + WEEK]),
        earlier=_lead(path, [one for one in slots if _day_of(one) < first][-1:]),
        later=_lead(path, [one for one in slots if _day_of(one) >= first + WEEK][:1]),
    )


def _day_of(slot: Slot) -> date:
    return slot.begins_at.astimezone(PARIS).date()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _read_first(wanted: str, slots: Sequence[Slot], at: datetime) -> date:
    """A Monday, of this year."""
    today = at.astimezone(PARIS).date()
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        day = _day_of(slots[0]) if slots else today
    return _monday(min(max(day, today), today + YEAR))


def _lead(path: str, beside: Sequence[Slot]) -> str:
    return f"{path}?choisir=1&semaine={_monday(_day_of(beside[0])).isoformat()}" if beside else ""


def _list_days(path: str, slots: Sequence[Slot]) -> list[SlotDay]:
    return [SlotDay(day=day, slots=[_link(path, one) for one in of_day]) for day, of_day in groupby(slots, key=_day_of)]


def _link(path: str, slot: Slot) -> SlotLink:
    begins_at, ends_at = slot.begins_at.astimezone(PARIS), slot.ends_at.astimezone(PARIS)
    chosen = {"du": f"{begins_at:%Y-%m-%d}", "de": f"{begins_at:%H:%M}"}
    chosen |= {"au": f"{ends_at:%Y-%m-%d}", "a": f"{ends_at:%H:%M}"}
    return SlotLink(begins_at=begins_at, ends_at=ends_at, href=f"{path}?{urlencode(chosen)}", left=slot.left)
