"""Meetings as events of a calendar: what comes again by its rule, with what was changed or called off beside it."""

from collections.abc import Sequence
from dataclasses import replace

from federation.texts.html_cleaner import to_text
from models.meetings.agenda import AgendaEntry
from models.meetings.meetings import FullMeeting
from models.meetings.recurrence import write_for_calendars
from models.moments import PARIS
from outbox.builders.texts.meetings import write_where
from web.rendering.feeds.icalendar import CalendarEvent, Status

DESCRIPTION_LIMIT = 2_000


def list_meeting_events(entries: Sequence[AgendaEntry]) -> list[CalendarEvent]:
    """All times of one meeting (`agenda.list_entries`), in the fewest events that say them.

    A rule is written where it holds in Paris, whose clock these files bring along; else each time stands for itself.
    """
    if not entries:
        return []
    full = entries[0].meeting
    rule = write_for_calendars(full.meeting.rrule, full.meeting.timezone) if full.meeting.rrule else None
    if rule is None or full.meeting.timezone != PARIS.key:
        return [make_meeting_event(one) for one in entries]
    return [
        replace(_make(full), rule=rule, excluded=tuple(full.meeting.excluded)),
        *(make_meeting_event(one) for one in entries if one.occurrence.own or one.occurrence.cancelled),
    ]


def make_meeting_event(entry: AgendaEntry) -> CalendarEvent:
    """One time. It has the same name in every file, here and where it was taken over."""
    meeting, one = entry.meeting.meeting, entry.occurrence
    return replace(
        _make(entry.meeting),
        begins_at=one.begins_at,
        ends_at=one.ends_at,
        status=_find_status(entry.meeting, cancelled=entry.cancelled),
        place=write_where(entry.meeting.listing.details, meeting, one.venue),
        recurs_at=one.recurs_at if meeting.rrule is not None else None,
    )


def _find_status(full: FullMeeting, *, cancelled: bool) -> Status:
    if cancelled:
        return "CANCELLED"
    return "TENTATIVE" if full.meeting.status == "tentative" else "CONFIRMED"


def _make(full: FullMeeting) -> CalendarEvent:
    """The first time."""
    post, details = full.listing.post, full.listing.details
    return CalendarEvent(
        uid=post.uri,
        title=details.title,
        begins_at=full.meeting.begins_at,
        ends_at=full.meeting.ends_at,
        status=_find_status(full, cancelled=full.meeting.status == "cancelled"),
        sequence=full.meeting.sequence,
        updated_at=post.updated_at or post.published_at,
        place=write_where(details, full.meeting),
        description=to_text(details.description)[:DESCRIPTION_LIMIT],
        url=post.url,
    )
