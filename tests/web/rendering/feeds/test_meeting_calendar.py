"""Meetings in the files that calendars open."""

from datetime import timedelta
from typing import Any

import icalendar

from models.meetings import agenda
from models.store.database import Connection
from outbox.meetings.meetings import publish
from outbox.meetings.occurrences import TimeDraft, cancel_time, change_time
from tests.factories import HERE
from tests.outbox.meetings.sample_meetings import NOON, make_draft
from tests.outbox.sent_activities import make_streams
from web.rendering.feeds.icalendar import write_calendar
from web.rendering.feeds.meeting_calendar import list_meeting_events, make_meeting_event


def read_events(body: bytes) -> list[Any]:
    """The events of a file, as a program reads them."""
    return list(icalendar.Calendar.from_ical(body).walk("VEVENT"))


async def test_what_comes_again_is_a_rule_with_what_was_changed_beside_it(conn: Connection) -> None:
    coop = (await make_streams(conn))["coop"]
    excluded = NOON + timedelta(days=24)
    full = await publish(
        conn, HERE, coop, make_draft(rrule="FREQ=WEEKLY;UNTIL=20991231", excluded=(excluded,), title="Café")
    )
    entries = await agenda.list_entries(conn, full.id)
    first, second = (entry.occurrence for entry in entries[:2])
    await change_time(conn, HERE, coop, first.id, TimeDraft(begins_at=first.begins_at + timedelta(hours=2)))
    await cancel_time(conn, HERE, coop, second.id)

    body = write_calendar(list_meeting_events(await agenda.list_entries(conn, full.id)))

    series, moved, off = read_events(body)
    assert series["RRULE"]["UNTIL"][0].tzinfo is not None
    assert series["EXDATE"].dts[0].dt == excluded
    assert {event["UID"] for event in (series, moved, off)} == {full.listing.uri}
    assert (moved["RECURRENCE-ID"].dt, moved["DTSTART"].dt) == (first.recurs_at, first.begins_at + timedelta(hours=2))
    assert (off["RECURRENCE-ID"].dt, off["STATUS"]) == (second.recurs_at, "CANCELLED")
    assert series["SEQUENCE"] == 2
    assert body.count(b"BEGIN:VTIMEZONE") == 1


async def test_one_time_alone_has_its_place_and_its_page(conn: Connection) -> None:
    coop = (await make_streams(conn))["coop"]
    full = await publish(conn, HERE, coop, make_draft())

    [entry] = await agenda.list_entries(conn, full.id)
    [event] = read_events(write_calendar([make_meeting_event(entry)]))

    assert (event["LOCATION"], event["URL"]) == ("Salle du Marais, 3 rue du Lin, Lomme", full.listing.post.url)
    assert "RECURRENCE-ID" not in event
