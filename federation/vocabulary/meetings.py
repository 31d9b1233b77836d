"""Meetings as Mobilizon, Gancio and Mastodon read and write them: an Event with a place, seats and times."""

from dataclasses import dataclass
from datetime import datetime

from federation.json.fields import Json, compact, many, moment, optional, page_url, text, whole, write_moment
from federation.vocabulary.objects import Note, read_note, write_note
from models.meetings.recurrence import RULE_LIMIT, find_zone

MAX_TIMES = 60
"""Times of one event that are read and written."""

VENUE_LIMIT = 200

MAX_SEATS = 1_000_000

JOIN_MODES = frozenset({"free", "restricted", "external", "invite"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTime:
    """One of the times of an event that comes again; `recurs_at` is its name (RFC 5545 RECURRENCE-ID).

    `venue` where it is elsewhere than the others.
    """

    recurs_at: datetime
    begins_at: datetime
    ends_at: datetime | None = None
    cancelled: bool = False
    venue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event: `note` has its words, place and next time. `status` is CONFIRMED, TENTATIVE or CANCELLED.

    `join_mode` is Mobilizon's (free, restricted, external), empty where nobody registers; `capacity` of None: as many
    as come. `rule` is for people and calendars to read: what counts are the `times`, each of which is said.
    """

    note: Note
    status: str = ""
    timezone: str = ""
    join_mode: str = ""
    external_url: str | None = None
    capacity: int | None = None
    remaining: int | None = None
    participants: int | None = None
    rule: str | None = None
    times: tuple[EventTime, ...] = ()


def read_event(document: Json) -> Event:
    """An event; raises Malformed without an id."""
    mode = text(document.get("joinMode"), 50) or ""
    return Event(
        note=read_note(document),
        status=(text(document.get("ical:status"), 50) or text(document.get("status"), 50) or "").upper(),
        timezone=text(document.get("timezone"), 100) or "",
        join_mode=mode if mode in JOIN_MODES else "",
        external_url=page_url(text(document.get("externalParticipationUrl"), 2_000)),
        capacity=whole(document.get("maximumAttendeeCapacity"), 1, MAX_SEATS),  # Mobilizon's 0: as many as come
        remaining=whole(document.get("remainingAttendeeCapacity"), 0, MAX_SEATS),
        participants=whole(document.get("participantCount"), 0, MAX_SEATS),
        rule=text(document.get("ical:rrule"), RULE_LIMIT),
        times=many(document.get("occurrences"), _read_time, MAX_TIMES),
    )


def _read_time(document: Json) -> EventTime | None:
    begins_at = moment(document.get("startTime"))
    if begins_at is None:
        return None
    ends_at = moment(document.get("endTime"))
    return EventTime(
        recurs_at=moment(document.get("ical:recurrence-id")) or begins_at,
        begins_at=begins_at,
        ends_at=ends_at if ends_at is not None and ends_at >= begins_at else None,
        cancelled=(text(document.get("ical:status"), 50) or "").upper() == "CANCELLED",
        venue=_read_venue(document.get("location")),
    )


def _read_venue(location: object) -> str:
    return (text(location.get("name"), VENUE_LIMIT) or "") if isinstance(location, dict) else ""


def write_event(value: Event) -> Json:
    """An event of ours. Its times are those on the clock where it takes place, as Mobilizon and Gancio write them."""
    note = value.note
    return compact(
        {
            **write_note(note),
            "startTime": _write_local(note.start_time, value),
            "endTime": _write_local(note.end_time, value),
            "timezone": value.timezone or None,
            "inLanguage": note.language,
            "ical:status": value.status or None,
            "joinMode": value.join_mode or None,
            "externalParticipationUrl": value.external_url,
            "maximumAttendeeCapacity": value.capacity,
            "remainingAttendeeCapacity": value.remaining,
            "participantCount": value.participants,
            "ical:rrule": value.rule,
            "occurrences": [_write_time(one) for one in value.times] or None,
        }
    )


def _write_local(at: datetime | None, value: Event) -> object:
    zone = find_zone(value.timezone)
    return optional(at, lambda moment: write_moment(moment.astimezone(zone)))


def _write_time(value: EventTime) -> Json:
    return compact(
        {
            "type": "Occurrence",
            "ical:recurrence-id": write_moment(value.recurs_at),
            "startTime": write_moment(value.begins_at),
            "endTime": optional(value.ends_at, write_moment),
            "ical:status": "CANCELLED" if value.cancelled else None,
            "location": {"type": "Place", "name": value.venue} if value.venue else None,
        }
    )
