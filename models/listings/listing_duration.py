"""How long a listing stands: the longest that any may, and until when one does that nobody gave an end (pure)."""

from datetime import date, datetime, time, timedelta

from models.listings.listings import ListingKind, ListingMode
from models.moments import PARIS

LONGEST_DAYS = 366
"""Days from today to the last one on which a listing may stand: a year, and a day where there is a leap day in it."""


WITHOUT_END = ("loan", "service")
"""Modes of offers that stand until their author ends them, when nobody says until when."""

AT_ONCE = timedelta(hours=48)
"""So long a call stands for whoever is on foot now."""


def end_of(day: date) -> datetime:
    """The last moment of a day in France."""
    return datetime.combine(day, time(23, 59, 59), PARIS)


def last_day(today: date) -> date:
    """The last day on which a listing that is published or changed today may stand."""
    return today + timedelta(days=LONGEST_DAYS)


def latest_end(at: datetime) -> datetime:
    """The last moment at which a listing that is published or changed now may end."""
    return end_of(last_day(at.astimezone(PARIS).date()))


def usual_end(
    kind: ListingKind, mode: ListingMode, at: datetime, *, days: int, urgency: str | None = None, at_place: bool = False
) -> datetime | None:
    """When a listing of this kind ends that nobody gave an end; None for what is lent, for services, and for what is
    to be had `at_place`, where people come anyway.

    Everything else stands for as many `days` as the cooperative chose, a call for somebody on foot much shorter.
    """
    if kind == "offer" and (at_place or mode in WITHOUT_END):
        return None
    return at + AT_ONCE if urgency == "Now" else end_of(at.astimezone(PARIS).date() + timedelta(days=days))
