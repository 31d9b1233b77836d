"""The next meeting at which bikes are repaired: what there is when nobody comes forward."""

from datetime import datetime

from models.listings import categories
from models.listings.listings import ListingDetails
from models.meetings import agenda
from models.meetings.agenda import AgendaEntry, AgendaFilter
from models.places.places import fold_name
from models.store.database import Connection

NEAR_KM = 30.0

LOOKED_AT = 40
"""So many meetings to come are looked at."""

WORDS = ("repar", "repair", "velo", "bicyclo")
"""Beginnings of words in the titles of such meetings, folded."""


async def find_next_evening(
    conn: Connection, reader_id: int | None, point: tuple[float, float] | None, *, at: datetime
) -> AgendaEntry | None:
    """The next one near a point that takes place and has room, as its reader sees it; None where none is announced."""
    latitude, longitude = point or (None, None)
    wanted = AgendaFilter(
        reader_id=reader_id,
        reader_local=reader_id is not None,
        latitude=latitude,
        longitude=longitude,
        radius=NEAR_KM if point is not None else None,
    )
    coming = await agenda.list_upcoming(conn, wanted, since=at, limit=LOOKED_AT)
    return next((one for one in coming if not one.cancelled and is_about_repairs(one.meeting.listing.details)), None)


def is_about_repairs(details: ListingDetails) -> bool:
    """Whether a meeting is one at which things are repaired: by its category, else by its title."""
    category = categories.find(details.category or "")
    if category is not None and category.branch == "repairs":
        return True
    return any(word in f" {fold_name(details.title)}" for word in (f" {one}" for one in WORDS))
