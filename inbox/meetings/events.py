"""An Event from elsewhere kept as a meeting: its place, its seats as its server tells them, and its times."""

from datetime import UTC, datetime
from typing import cast

from federation.vocabulary.meetings import Event
from federation.vocabulary.objects import Note
from models.meetings import meetings, occurrences
from models.meetings.meetings import Meeting, MeetingStatus, RegistrationMode
from models.meetings.occurrences import PlannedTime
from models.meetings.recurrence import find_rule, find_zone
from models.store.database import Connection

ALWAYS = datetime(1, 1, 1, tzinfo=UTC)

PLACE_LIMIT = 200

_STATUSES: dict[str, MeetingStatus] = {"CANCELLED": "cancelled", "TENTATIVE": "tentative"}

_MODES: dict[str, RegistrationMode] = {"free": "everybody", "restricted": "everybody", "external": "external"}


async def save_event(conn: Connection, post_id: int, event: Event) -> None:
    """The row beside its listing and its times; no rule of somebody else is followed, only times that are said.

    What has no day any more takes place at none.
    """
    if event.note.start_time is None:
        await occurrences.cancel_all(conn, post_id, since=datetime.now(UTC))
        return
    spans = _list_spans(event)
    held = await meetings.find(conn, post_id)
    await meetings.save(conn, _read_meeting(post_id, event, sequence=0 if held is None else held.sequence + 1))
    known = await occurrences.list_of_meeting(conn, post_id)
    single = len(spans) == 1 and len(known) <= 1
    await occurrences.sync(conn, post_id, spans, since=ALWAYS if single else min(span.recurs_at for span in spans))


def _read_meeting(post_id: int, event: Event, *, sequence: int) -> Meeting:
    note, place = event.note, event.note.location
    assert note.start_time is not None
    registration = _MODES.get(event.join_mode, "none")
    return Meeting(
        post_id=post_id,
        begins_at=note.start_time,
        ends_at=read_end(note),
        timezone=find_zone(event.timezone).key,
        venue=place.name[:PLACE_LIMIT] if place is not None else "",
        street=place.street[:PLACE_LIMIT] if place is not None else "",
        registration=registration,
        external_url=event.external_url or note.url if registration == "external" else None,
        on_request=event.join_mode == "restricted",
        capacity=event.capacity,
        status=_STATUSES.get(event.status, "confirmed"),
        rrule=find_rule(event.rule) if event.times else None,
        sequence=sequence,
        participants=event.participants,
        remaining=event.remaining,
    )


def read_end(note: Note) -> datetime | None:
    """When it ends; nothing ends before it begins."""
    begins_at, ends_at = note.start_time, note.end_time
    return None if begins_at is not None and ends_at is not None and ends_at < begins_at else ends_at


def _list_spans(event: Event) -> list[PlannedTime]:
    note, off = event.note, event.status == "CANCELLED"
    first = cast(datetime, note.start_time)
    if not event.times:
        return [PlannedTime(recurs_at=first, begins_at=first, ends_at=read_end(note), cancelled=off)]
    told = {
        one.recurs_at: PlannedTime(
            recurs_at=one.recurs_at,
            begins_at=one.begins_at,
            ends_at=one.ends_at,
            cancelled=off or one.cancelled,
            venue=one.venue,
        )
        for one in event.times
    }
    return list(told.values())
