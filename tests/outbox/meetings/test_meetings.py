"""A meeting published, changed, called off and withdrawn: what is sent, and who is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.meetings import agenda, meetings, occurrences, registrations
from models.meetings.agenda import Reader
from models.meetings.meetings import FullMeeting
from models.meetings.registrations import Wish
from models.people.actors import Actor
from models.store.database import Connection, fetch_column
from outbox.exchanges.agreements.request_preconditions import require_askable
from outbox.listings import listings as listing_verbs
from outbox.meetings.meetings import cancel, edit, publish, withdraw
from outbox.meetings.occurrences import TimeDraft, cancel_time, change_time
from outbox.meetings.registrations import leave, register
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.outbox.meetings.sample_meetings import NOON, make_draft
from tests.outbox.sent_activities import list_sent, make_streams


@pytest.fixture
async def coop(conn: Connection) -> Actor:
    """The cooperative, whom somebody at friend.test follows."""
    coop = (await make_streams(conn))["coop"]
    await make_follow(conn, await make_remote_actor(conn, "bob", "friend.test"), coop)
    return coop


async def list_told(conn: Connection, actor: Actor) -> list[str]:
    """The private messages that somebody got, without tags."""
    return await fetch_column(
        conn,
        """
        SELECT p.source FROM post p JOIN mention m ON m.post_id = p.id
        WHERE m.actor_id = $1 AND p.audience = 'direct' ORDER BY p.id
        """,
        actor.id,
    )


async def list_times(conn: Connection, full: FullMeeting) -> list[occurrences.Occurrence]:
    return await occurrences.list_of_meeting(conn, full.id, since=datetime.now(UTC))


async def test_publishing_sends_an_event(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft())

    [create] = await list_sent(conn)
    event = create.activity["object"]
    assert (create.type, event["type"], event["name"]) == ("Create", "Event", "Café réparation")
    assert event["startTime"].endswith(("+01:00", "+02:00"))
    assert event["location"]["latitude"] == 50.64512
    assert event["location"]["address"]["streetAddress"] == "3 rue du Lin"
    assert (event["joinMode"], event["maximumAttendeeCapacity"], event["remainingAttendeeCapacity"]) == ("free", 2, 2)
    assert event["url"] == full.listing.post.url
    assert "Salle du Marais, 3 rue du Lin, Lomme" in event["summary"]
    assert "<strong>Café réparation</strong>" in full.listing.post.content


async def test_a_member_cannot_call_people_together(conn: Connection, coop: Actor) -> None:
    with pytest.raises(Forbidden):
        await publish(conn, HERE, await make_member(conn), make_draft())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends_at": NOON + timedelta(days=9)}, "meeting_ends_before"),
        ({"begins_at": NOON - timedelta(days=2), "ends_at": NOON - timedelta(days=1)}, "meeting_in_the_past"),
        ({"begins_at": NOON + timedelta(days=5000), "ends_at": None}, "meeting_too_far"),
        ({"ends_at": NOON + timedelta(days=90)}, "meeting_too_long"),
        ({"rrule": "FREQ=SECONDLY"}, "meeting_rule_invalid"),
        ({"rrule": "FREQ=DAILY;COUNT=1000000000"}, "meeting_rule_invalid"),
        ({"rrule": "FREQ=DAILY", "excluded": (NOON,) * 1000}, "meeting_exceptions_too_many"),
        ({"rrule": "FREQ=DAILY;COUNT=2", "begins_at": NOON - timedelta(9), "ends_at": None}, "meeting_rule_empty"),
        ({"capacity": 0}, "meeting_capacity_invalid"),
        ({"venue": "", "place_name": None}, "meeting_place_missing"),
        ({"venue": "x" * 500}, "meeting_place_too_long"),
        ({"registration": "external"}, "meeting_address_missing"),
        ({"registration": "external", "external_url": "javascript:alert(1)"}, "meeting_address_missing"),
        ({"title": "a"}, "title_missing"),
        ({"audience": "direct"}, "audience_unknown"),
    ],
)
async def test_what_cannot_be_is_refused(conn: Connection, coop: Actor, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        await publish(conn, HERE, coop, make_draft(**changes))

    assert refused.value.code == code


async def test_registering_leaving_and_the_first_in_line(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft())
    alice, claire, dan = [await make_member(conn, name) for name in ("alice", "claire", "dan")]

    first = await register(conn, HERE, alice, full.id, Wish(people=2, message="Un grille-pain"))
    again = await register(conn, HERE, alice, full.id, Wish(people=2, message="Un grille-pain"))
    second = await register(conn, HERE, claire, full.id, Wish())
    third = await register(conn, HERE, dan, full.id, Wish())

    assert (first.state, again, second.state, third.state) == ("seat", first, "waiting", "waiting")
    [mine] = await agenda.list_own(conn, dan.id, since=datetime.now(UTC))
    assert (mine.place, mine.entry.counts.taken, mine.entry.free) == (2, 2, 0)
    await leave(conn, HERE, alice, full.id)
    assert [text[:45] for text in await list_told(conn, claire)] == ["@claire Votre place est gardée : « Café répar"]
    with pytest.raises(NotFound):
        await leave(conn, HERE, alice, full.id)


async def test_who_is_registered_is_told_of_changes_and_of_the_end(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft())
    alice = await make_member(conn)
    await register(conn, HERE, alice, full.id, Wish())

    later = NOON + timedelta(days=12)
    await edit(conn, HERE, coop, full.id, make_draft(begins_at=later, ends_at=later + timedelta(hours=2)))
    await edit(
        conn, HERE, coop, full.id, make_draft(begins_at=later, ends_at=later + timedelta(hours=2), text="Autre texte")
    )
    await cancel(conn, HERE, coop, full.id)

    told = await list_told(conn, alice)
    assert [text.split()[1] for text in told] == ["Cela", "«"]
    assert "n’aura pas lieu" in told[1]
    events = [one.activity["object"] for one in await list_sent(conn) if one.type == "Update"]
    assert [event["ical:status"] for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    with pytest.raises(Conflict):
        await register(conn, HERE, await make_member(conn, "claire"), full.id, Wish())
    with pytest.raises(Conflict):
        await edit(conn, HERE, coop, full.id, make_draft())


async def test_fewer_seats_than_taken_are_refused_and_more_are_given(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft())
    alice, claire = [await make_member(conn, name) for name in ("alice", "claire")]
    await register(conn, HERE, alice, full.id, Wish(people=2))
    await register(conn, HERE, claire, full.id, Wish(people=2))

    with pytest.raises(Invalid) as refused:
        await edit(conn, HERE, coop, full.id, make_draft(capacity=1))
    assert (refused.value.code, refused.value.values["taken"]) == ("meeting_seats_taken", 2)
    await edit(conn, HERE, coop, full.id, make_draft(capacity=4))

    [time] = await list_times(conn, full)
    assert (await registrations.count(conn, [time.id]))[time.id].taken == 4
    assert len(await list_told(conn, claire)) == 1


async def test_one_time_of_several_is_moved_and_another_called_off(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft(rrule="FREQ=WEEKLY;COUNT=4"))
    first, second, third, _ = await list_times(conn, full)
    alice = await make_member(conn)
    await register(conn, HERE, alice, full.id, Wish(recurs_at=second.recurs_at))

    await change_time(conn, HERE, coop, second.id, TimeDraft(begins_at=second.begins_at + timedelta(hours=3)))
    await cancel_time(conn, HERE, coop, first.id)
    await edit(conn, HERE, coop, full.id, make_draft(rrule="FREQ=WEEKLY;COUNT=4", title="Café réparation et couture"))

    assert len(await list_told(conn, alice)) == 1
    times = await list_times(conn, full)
    assert [one.cancelled for one in times] == [True, False, False, False]
    assert times[1].begins_at == second.begins_at + timedelta(hours=3)
    event = (await list_sent(conn))[-1].activity["object"]
    assert event["ical:rrule"] == "FREQ=WEEKLY;COUNT=4"
    assert [one.get("ical:status") for one in event["occurrences"]] == ["CANCELLED", None, None, None]
    assert datetime.fromisoformat(event["startTime"]) == times[1].begins_at
    with pytest.raises(Conflict):
        await register(conn, HERE, alice, full.id, Wish(recurs_at=first.recurs_at))
    with pytest.raises(NotFound):
        await register(conn, HERE, alice, full.id, Wish(recurs_at=NOON + timedelta(days=300)))
    assert third.begins_at == times[2].begins_at


async def test_withdrawing_tells_and_deletes(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft())
    alice = await make_member(conn)
    await register(conn, HERE, alice, full.id, Wish())

    await withdraw(conn, HERE, coop, full.id)

    assert len(await list_told(conn, alice)) == 1
    assert (await list_sent(conn))[-1].type == "Delete"
    assert await agenda.list_upcoming(conn, Reader(), since=datetime.now(UTC)) == []


@pytest.mark.parametrize(
    ("changes", "wish", "code"),
    [
        ({"registration": "none"}, Wish(), "meeting_without_registration"),
        ({"registration": "external", "external_url": "https://a.test/"}, Wish(), "meeting_registers_elsewhere"),
        ({}, Wish(people=11), "meeting_too_many_people"),
        ({}, Wish(message="x" * 501), "message_too_long"),
        ({"waiting_list": False}, Wish(people=3), "meeting_full"),
    ],
)
async def test_who_cannot_register_is_told_why(
    conn: Connection, coop: Actor, changes: dict[str, Any], wish: Wish, code: str
) -> None:
    full = await publish(conn, HERE, coop, make_draft(**changes))

    with pytest.raises((Invalid, Conflict)) as refused:
        await register(conn, HERE, await make_member(conn), full.id, wish)

    assert refused.value.code == code


async def test_a_meeting_is_no_listing_to_ask_for_or_change(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft())

    with pytest.raises(Conflict):
        await require_askable(conn, await make_member(conn), full.listing)
    with pytest.raises(NotFound):
        await listing_verbs.pause(conn, HERE, coop, full.listing.uri)


async def test_the_agenda_goes_on_behind_what_was_shown(conn: Connection, coop: Actor) -> None:
    await publish(conn, HERE, coop, make_draft(rrule="FREQ=DAILY;COUNT=5"))
    await publish(conn, HERE, coop, make_draft(audience="coop", title="Entre nous"))
    now = datetime.now(UTC)

    page = await agenda.list_upcoming(conn, Reader(), since=now, limit=3)
    rest = await agenda.list_upcoming(conn, Reader(), since=now, after=page[-1].occurrence)
    alice = await make_member(conn)
    seen = await agenda.list_upcoming(conn, Reader(id=alice.id, local=True), since=now)

    assert (len(page), len(rest), len(seen)) == (3, 2, 6)
    month = await agenda.list_upcoming(conn, Reader(), since=now, until=NOON + timedelta(days=12))
    assert len(month) == 2
    assert (await meetings.get_own(conn, page[0].meeting.id, coop.id)).id == page[0].meeting.id
