"""On which days a listing is not to be had, in words; a copy's calendar is asked for when a member looks at it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from federation.instance import Instance
from inbox.exchanges import calendars, slots
from models.listings import unavailabilities
from models.listings.listings import Listing, has_calendar
from models.listings.unavailabilities import OwnRange
from models.store.database import Connection, transaction

SHOWN_AT_ONCE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRange:
    """From a day to a later or the same one, both included."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDays(DayRange):
    """Days that the owner keeps; `id` names them when she gives them back."""

    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnavailabilityView:
    """What the page shows: the next ranges and those after them, whose word it is and from when, and the owner's own.

    `known` is False for a copy whose calendar has not come yet.
    """

    next: list[DayRange]
    later: list[DayRange]
    told_at: datetime | None
    known: bool
    own: list[OwnDays]


async def find_unavailability(conn: Connection, listing: Listing, *, own: bool) -> UnavailabilityView | None:
    """For what is lent and for services; None for everything else, and for copies that never tell."""
    if (
        listing.details.slots_uri is not None
        or not has_calendar(listing.details)
        or (not listing.post.local and listing.details.calendar_uri is None)
    ):
        return None
    at = datetime.now(UTC)
    calendar = await unavailabilities.load_calendar(conn, listing, at=at)
    ranges = [DayRange(first=one.begins_at, last=_last_of(one.ends_at)) for one in calendar.ranges]
    kept = await unavailabilities.list_own(conn, listing.id, at=at) if own else []
    return UnavailabilityView(
        next=ranges[:SHOWN_AT_ONCE],
        later=ranges[SHOWN_AT_ONCE:],
        told_at=calendar.told_at,
        known=calendar.known,
        own=[_own_days(one) for one in kept],
    )


async def ask_for_calendar(instance: Instance, listing: Listing, *, member: bool) -> None:
    """Have a copy's calendar, or its shop's times, asked for in the background, for members alone: machines look at
    everything.
    """
    if member and not listing.post.local and (listing.details.calendar_uri or listing.details.slots_uri):
        async with transaction(instance.pool) as conn:
            await calendars.ask(conn, listing)
            await slots.ask(conn, listing)


def _own_days(one: OwnRange) -> OwnDays:
    return OwnDays(id=one.id, first=one.begins_at, last=_last_of(one.ends_at))


def _last_of(ends_at: datetime) -> datetime:
    """A moment of the last day of a range that ends before this one."""
    return ends_at - timedelta(minutes=1)
