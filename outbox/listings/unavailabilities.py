"""The owner of a listing keeps days to herself, or gives them back; peers read its calendar, so nothing is sent."""

from datetime import UTC, date, datetime, timedelta

from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements, reserves
from models.listings import listings, unavailabilities
from models.listings.listings import Listing, has_calendar
from models.listings.unavailabilities import AHEAD, midnight
from models.moments import PARIS
from models.people.actors import Actor
from models.store.database import Connection


async def keep_days(conn: Connection, owner: Actor, uri: str, first: date, last: date) -> None:
    """From the first day to the last, both included, it is not to be had; what is agreed about them still stands.

    Raises NotFound for others' listings, Invalid for days that are over or too far, Conflict for too many ranges.
    """
    listing = await _get_own(conn, owner, uri)
    today = datetime.now(UTC).astimezone(PARIS).date()
    if last < first:
        raise Invalid("last_day_before_first", field="last")
    if last < today:
        raise Invalid("days_past", field="first")
    if last > today + AHEAD:
        raise Invalid("days_too_far", field="last")
    await agreements.lock_listing(conn, listing.id)
    begins_at, ends_at = midnight(max(first, today)), midnight(last + timedelta(days=1))
    if not await unavailabilities.add(conn, listing.id, begins_at, ends_at):
        raise Conflict("too_many_periods", field="first")


async def give_back(conn: Connection, owner: Actor, uri: str, id: int) -> None:
    """It is to be had again on these days. Raises NotFound."""
    listing = await _get_own(conn, owner, uri)
    await agreements.lock_listing(conn, listing.id)
    await unavailabilities.remove(conn, listing.id, id)
    await reserves.note_freed(conn, listing.id)


async def _get_own(conn: Connection, owner: Actor, uri: str) -> Listing:
    listing = await listings.get_own(conn, uri, owner.id)
    if not has_calendar(listing.details):
        raise NotFound("no_calendar")
    return listing
