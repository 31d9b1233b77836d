"""Listings that name days, as events of a calendar: when something is wanted, or to be had."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from federation.texts.html_cleaner import to_text
from federation.uris import web_address
from models.moments import PARIS
from web.rendering.feeds.icalendar import CalendarEvent
from web.rendering.feeds.listing_bundles import ListingBundle


def list_dated(gathered: Iterable[ListingBundle]) -> list[CalendarEvent]:
    """Those with a first or a last day, the earliest first; the others have no place on a calendar."""
    dated = [build_dated(one) for one in gathered if one.listing.details.begins_at or one.listing.details.ends_at]
    return sorted(dated, key=lambda event: event.begins_at)


def build_dated(one: ListingBundle) -> CalendarEvent:
    """One listing, on the whole days that it names; one day where it names one alone, or its last before its first."""
    post, details = one.listing.post, one.listing.details
    first = details.begins_at or details.ends_at
    assert first is not None, "only what names a day"
    changed = post.updated_at or post.published_at
    return CalendarEvent(
        uid=post.uri,
        title=details.title,
        begins_at=_midnight(first),
        ends_at=_midnight(max(details.ends_at or first, first)) + timedelta(days=1),
        status="CONFIRMED" if details.status == "open" else "TENTATIVE",
        sequence=max(int(changed.timestamp()) - int(post.published_at.timestamp()), 0),
        updated_at=changed,
        place=one.place.name if one.place else "",
        description=to_text(details.description),
        url=web_address(post.url, post.uri),
        reminds=False,
    )


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(PARIS).date(), time(), PARIS).astimezone(UTC)
