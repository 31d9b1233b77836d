"""Meetings elsewhere: kept with their times, joined by our members, whose answers are believed from there alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.meetings import agenda, meetings
from models.meetings.agenda import AgendaFilter
from models.meetings.meetings import Meeting
from models.meetings.registrations import Wish
from models.moderation import filters
from models.moderation.filters import ModerationRule
from models.people.actors import Actor
from models.store.database import execute, fetch_value, transaction
from outbox.meetings.registrations import leave, register
from outbox.servers import peers
from tests.factories import HERE
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk
from tests.inbox.remote_people import add_stranger
from tests.outbox.meetings.sample_meetings import NOON
from tests.outbox.sent_activities import make_streams

EVENT = "https://mobilizon.example/events/1"
BEGINS = (NOON + timedelta(days=10)).astimezone(UTC)


def describe(**changes: Any) -> dict[str, Any]:
    """An event as Mobilizon writes it, cut to what counts here."""
    return {
        "id": EVENT,
        "type": "Event",
        "attributedTo": "https://mobilizon.example/@repaircafe",
        "actor": "https://mobilizon.example/@orga",
        "name": "Repair café de Lambersart",
        "content": "<p>Apportez vos grille-pains.</p>",
        "published": datetime.now(UTC).isoformat(),
        "startTime": BEGINS.isoformat(),
        "endTime": (BEGINS + timedelta(hours=4)).isoformat(),
        "joinMode": "free",
        "maximumAttendeeCapacity": 20,
        "remainingAttendeeCapacity": 7,
        "participantCount": 13,
        "timezone": "Europe/Paris",
        "ical:status": "CONFIRMED",
        "to": [PUBLIC],
        "cc": [],
        "location": {
            "type": "Place",
            "name": "Salle Malraux",
            "latitude": 50.65,
            "longitude": 3.02,
            "address": {"type": "PostalAddress", "streetAddress": "1 rue X", "addressLocality": "Lambersart"},
        },
    } | changes


@dataclass(slots=True, kw_only=True)
class Elsewhere:
    """A Mobilizon group that Alice follows, its organiser, and somebody who has nothing to do with it."""

    desk: Desk
    group: Person
    organiser: Person
    other: Person
    alice: Actor

    async def say(self, type: str, event: Mapping[str, Any] | str, **more: Any) -> None:
        """The organiser says it; at its address stands the same."""
        if not isinstance(event, str):
            self.desk.fediverse.documents[EVENT] = dict(event)
        await self.desk.take(self.organiser, self.desk.activity(self.organiser, type, event, **more))

    async def change(self, **changes: Any) -> None:
        """An Update, a moment later."""
        await self.say("Update", describe(updated=datetime.now(UTC).isoformat(), **changes))

    async def held(self) -> Meeting:
        async with transaction(self.desk.instance.pool) as conn:
            found = await meetings.find(conn, await self.id())
        assert found is not None
        return found

    async def id(self) -> int:
        return int(await self.desk.value("SELECT id FROM post WHERE uri = $1", EVENT))

    async def join(self) -> dict[str, Any]:
        """Alice wants to come; her Join."""
        async with transaction(self.desk.instance.pool) as conn:
            await register(conn, HERE, self.alice, await self.id(), Wish(message="Une lampe"))
        return (await self.desk.sent())[-1]

    async def state(self) -> str:
        return str(await self.desk.value("SELECT state FROM meeting_registration"))

    async def told(self) -> list[str]:
        """What the cooperative wrote to Alice."""
        rows = await self.desk.instance.pool.fetch(
            "SELECT p.source FROM post p JOIN mention m ON m.post_id = p.id WHERE m.actor_id = $1 ORDER BY p.id",
            self.alice.id,
        )
        return [row["source"].removeprefix("@alice ") for row in rows]


@pytest.fixture
async def elsewhere(desk: Desk, alice: Actor) -> Elsewhere:
    """The event is published."""
    async with transaction(desk.instance.pool) as conn:
        await make_streams(conn)
    group = add_stranger(desk.fediverse, "https://mobilizon.example/@repaircafe", type="Group")
    organiser = add_stranger(desk.fediverse, "https://mobilizon.example/@orga")
    other = add_stranger(desk.fediverse, "https://autre.example/@noe")
    await desk.follow(alice, group)
    found = Elsewhere(desk=desk, group=group, organiser=organiser, other=other, alice=alice)
    await found.say("Create", describe())
    return found


async def test_an_event_stands_on_the_agenda_with_what_its_server_says(elsewhere: Elsewhere) -> None:
    async with transaction(elsewhere.desk.instance.pool) as conn:
        [entry] = await agenda.list_upcoming(conn, AgendaFilter(), since=datetime.now(UTC))

    held = await elsewhere.held()
    assert (entry.occurrence.begins_at, entry.capacity, entry.free) == (BEGINS, 20, 7)
    assert (held.venue, held.street, held.registration) == ("Salle Malraux", "1 rue X", "everybody")


async def test_a_join_is_asked_and_the_answer_of_its_server_counts(elsewhere: Elsewhere) -> None:
    join = await elsewhere.join()

    assert (join["type"], join["object"], join["participationMessage"]) == ("Join", EVENT, "Une lampe")
    assert await elsewhere.state() == "asked"
    forged = elsewhere.desk.activity(elsewhere.other, "Accept", join)
    await elsewhere.desk.take(elsewhere.other, forged)
    assert (await elsewhere.state(), await elsewhere.told()) == ("asked", [])
    await elsewhere.say("Accept", join["id"])
    await elsewhere.say("Accept", join["id"])
    assert await elsewhere.state() == "seat"
    assert [text[:24] for text in await elsewhere.told()] == ["Votre place est gardée :"]


async def test_seats_for_fewer_people_than_were_asked_for_are_so_many(elsewhere: Elsewhere) -> None:
    async with transaction(elsewhere.desk.instance.pool) as conn:
        await register(conn, HERE, elsewhere.alice, await elsewhere.id(), Wish(people=4))
    join = (await elsewhere.desk.sent())[-1]

    for people in (2, 9):
        await elsewhere.say("Accept", {**join, "partySize": people})

    assert await elsewhere.desk.value("SELECT people FROM meeting_registration") == 2


async def test_a_waiting_line_then_a_seat_then_a_no(elsewhere: Elsewhere) -> None:
    join = await elsewhere.join()

    await elsewhere.say("TentativeAccept", join["id"], placeInLine=3)
    assert await elsewhere.state() == "waiting"
    await elsewhere.say("Accept", join)
    assert await elsewhere.state() == "seat"
    await elsewhere.say("Reject", join)
    assert await elsewhere.state() == "refused"
    assert len(await elsewhere.told()) == 3


async def test_leaving_says_so_there(elsewhere: Elsewhere) -> None:
    await elsewhere.join()

    async with transaction(elsewhere.desk.instance.pool) as conn:
        await leave(conn, HERE, elsewhere.alice, await elsewhere.id())

    said = (await elsewhere.desk.sent())[-1]
    assert (said["type"], said["object"]) == ("Leave", EVENT)
    assert await elsewhere.state() == "cancelled"


async def test_who_joined_is_told_once_of_each_change(elsewhere: Elsewhere) -> None:
    join = await elsewhere.join()
    await elsewhere.say("Accept", join["id"])

    await elsewhere.change(content="<p>Autre texte</p>")
    await elsewhere.change(startTime=(BEGINS + timedelta(days=7)).isoformat(), endTime=None)
    await elsewhere.change(
        startTime=(BEGINS + timedelta(days=7)).isoformat(), endTime=None, **{"ical:status": "CANCELLED"}
    )

    assert [text.split()[0] for text in await elsewhere.told()] == ["Votre", "Cela", "«"]
    assert await elsewhere.desk.value("SELECT count(*) FROM meeting_occurrence") == 1


async def test_an_older_version_that_comes_late_moves_nothing_back(elsewhere: Elsewhere) -> None:
    moved = {"startTime": (BEGINS + timedelta(days=7)).isoformat(), "endTime": None}
    newer, older = datetime.now(UTC) + timedelta(minutes=50), datetime.now(UTC) + timedelta(minutes=10)
    await elsewhere.say("Update", describe(updated=newer.isoformat(), **moved))

    await elsewhere.say("Update", describe(updated=older.isoformat()))
    await elsewhere.say("Create", describe())

    assert (await elsewhere.held()).begins_at == BEGINS + timedelta(days=7)
    assert await elsewhere.desk.value("SELECT begins_at FROM meeting_occurrence") == BEGINS + timedelta(days=7)


async def test_other_seats_of_the_same_version_are_told(elsewhere: Elsewhere) -> None:
    now = datetime.now(UTC).isoformat()

    for remaining in (7, 3):
        await elsewhere.say("Update", describe(updated=now, remainingAttendeeCapacity=remaining))

    assert (await elsewhere.held()).remaining == 3


async def test_who_joined_is_told_that_it_is_deleted(elsewhere: Elsewhere) -> None:
    await elsewhere.join()
    elsewhere.desk.fediverse.documents[EVENT] = {"id": EVENT, "type": "Tombstone"}

    await elsewhere.say("Delete", EVENT)

    assert ["n’aura pas lieu" in text for text in await elsewhere.told()] == [True]


async def test_times_are_those_that_are_said_and_no_rule_is_followed(elsewhere: Elsewhere) -> None:
    times = [
        {
            "type": "Occurrence",
            "ical:recurrence-id": (BEGINS + timedelta(days=day)).isoformat(),
            "startTime": (BEGINS + timedelta(days=day)).isoformat(),
        }
        for day in range(100)
    ]

    await elsewhere.change(occurrences=times, **{"ical:rrule": "FREQ=SECONDLY"})
    assert await elsewhere.desk.value("SELECT count(*) FROM meeting_occurrence") == 60
    assert (await elsewhere.held()).rrule is None
    await elsewhere.change(occurrences=times[:3], **{"ical:rrule": "FREQ=DAILY"})
    assert await elsewhere.desk.value("SELECT count(*) FROM meeting_occurrence") == 3
    assert (await elsewhere.held()).rrule == "FREQ=DAILY"


@pytest.mark.parametrize(
    ("changes", "values"),
    [
        ({"endTime": (BEGINS - timedelta(hours=4)).isoformat()}, {"ends_at": None}),
        ({"maximumAttendeeCapacity": 0}, {"capacity": None}),
        ({"maximumAttendeeCapacity": -3}, {"capacity": None}),
        ({"maximumAttendeeCapacity": "beaucoup"}, {"capacity": None}),
        (
            {"joinMode": "external", "externalParticipationUrl": "https://a.test/in"},
            {"external_url": "https://a.test/in"},
        ),
        ({"joinMode": "external", "externalParticipationUrl": "javascript:x"}, {"external_url": None}),
        ({"joinMode": "anything"}, {"registration": "none"}),
        ({"timezone": "../../etc/passwd"}, {"timezone": "Europe/Paris"}),
        ({"ical:status": "TENTATIVE"}, {"status": "tentative"}),
        ({"tag": [{"type": "Hashtag", "name": f"#t{number}"} for number in range(20_000)]}, {"capacity": 20}),
        ({"occurrences": "every day"}, {"rrule": None}),
        ({"location": {"type": "VirtualLocation", "url": "https://a.test/"}}, {"venue": ""}),
    ],
)
async def test_what_cannot_be_is_left_out(
    elsewhere: Elsewhere, changes: dict[str, Any], values: dict[str, Any]
) -> None:
    await elsewhere.change(**changes)

    held = await elsewhere.held()
    assert {name: getattr(held, name) for name in values} == values


async def test_an_old_event_that_is_tidied_away_is_no_news(elsewhere: Elsewhere) -> None:
    join = await elsewhere.join()
    await elsewhere.say("Accept", join["id"])
    told = len(await elsewhere.told())
    await elsewhere.desk.instance.pool.execute(
        "UPDATE meeting_occurrence SET begins_at = now() - interval '3 days', ends_at = now() - interval '2 days'"
    )

    await elsewhere.say("Delete", EVENT)

    assert len(await elsewhere.told()) == told


async def test_what_goes_on_for_a_century_does_not_stand_first_for_ever(elsewhere: Elsewhere) -> None:
    await elsewhere.change(startTime="1999-01-01T10:00:00Z", endTime="2099-01-01T10:00:00Z")

    async with transaction(elsewhere.desk.instance.pool) as conn:
        assert await agenda.list_upcoming(conn, AgendaFilter(), since=datetime.now(UTC)) == []


async def test_what_a_filter_finds_in_an_event_waits(elsewhere: Elsewhere) -> None:
    rule = ModerationRule(name="Arnaques", patterns=("arnaque",), action="hold", on_local=True, on_remote=True)
    async with transaction(elsewhere.desk.instance.pool) as conn:
        await filters.save(conn, rule)
        await execute(conn, "DELETE FROM post WHERE uri = $1", EVENT)

    await elsewhere.say("Create", describe(name="Une belle arnaque"))

    async with transaction(elsewhere.desk.instance.pool) as conn:
        assert await agenda.list_upcoming(conn, AgendaFilter(), since=datetime.now(UTC)) == []
        assert await fetch_value(conn, "SELECT count(*) FROM held_post") == 1


async def test_events_of_a_server_that_was_set_aside_leave_the_agenda(elsewhere: Elsewhere) -> None:
    async with transaction(elsewhere.desk.instance.pool) as conn:
        await peers.send_away(conn, "mobilizon.example")
        assert await agenda.list_upcoming(conn, AgendaFilter(), since=datetime.now(UTC)) == []


async def test_an_event_that_loses_its_day_takes_place_no_more(elsewhere: Elsewhere) -> None:
    join = await elsewhere.join()
    await elsewhere.say("Accept", join["id"])

    await elsewhere.change(startTime=None, endTime=None)

    assert await elsewhere.desk.value("SELECT cancelled FROM meeting_occurrence")
    assert "n’aura pas lieu" in (await elsewhere.told())[-1]


async def test_one_time_in_another_hall_is_told_to_who_comes_to_it(elsewhere: Elsewhere) -> None:
    times = [
        {"startTime": (BEGINS + timedelta(days=day)).isoformat(), "endTime": None, "location": location}
        for day, location in ((0, {"type": "Place", "name": "Halle aux grains"}), (7, None), (14, ["?"]))
    ]
    usual = [one | {"location": None} for one in times]
    await elsewhere.change(occurrences=usual, endTime=None)
    join = await elsewhere.join()
    await elsewhere.say("Accept", join["id"])

    await elsewhere.change(occurrences=times, endTime=None)

    halls = "SELECT array_agg(venue ORDER BY begins_at) FROM meeting_occurrence"
    assert await elsewhere.desk.value(halls) == ["Halle aux grains", "", ""]
    assert "Cela change" in (told := (await elsewhere.told())[-1]) and "Halle aux grains" in told
