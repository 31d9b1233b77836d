"""People elsewhere come to meetings of ours: by Join, by Leave, and in words; what they may not do changes nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from models.meetings import due, meetings, registrations
from models.meetings.meetings import FullMeeting
from models.people.actors import Actor
from models.store.database import execute, transaction
from outbox.meetings.meetings import cancel, publish
from tests.factories import HERE
from tests.fediverse import Person
from tests.inbox.desk import Desk
from tests.inbox.remote_people import add_stranger
from tests.outbox.meetings.sample_meetings import make_draft
from tests.outbox.sent_activities import make_streams


@pytest.fixture
async def coop(desk: Desk, alice: Actor) -> Actor:
    """The cooperative."""
    async with transaction(desk.instance.pool) as conn:
        return (await make_streams(conn))["coop"]


@pytest.fixture
def lea(desk: Desk) -> Person:
    """Léa, on a Mobilizon."""
    return add_stranger(desk.fediverse, "https://mobilizon.example/@lea")


@pytest.fixture
def noe(desk: Desk) -> Person:
    """Noé, on another server."""
    return add_stranger(desk.fediverse, "https://autre.example/@noe")


async def publish_meeting(desk: Desk, coop: Actor, **changes: Any) -> FullMeeting:
    async with transaction(desk.instance.pool) as conn:
        return await publish(conn, HERE, coop, make_draft(**changes))


async def list_answers(desk: Desk) -> list[tuple[str, str, Any]]:
    """What was sent in answer: type, to whom, and the place in the line."""
    sent = [one for one in await desk.sent() if one["type"] in ("Accept", "Reject", "TentativeAccept")]
    return [(one["type"], one["to"][0], one.get("placeInLine")) for one in sent]


async def list_states(desk: Desk, full: FullMeeting) -> dict[str, str]:
    rows = await desk.instance.pool.fetch(
        """
        SELECT a.uri, r.state FROM meeting_registration r JOIN actor a ON a.id = r.actor_id
        JOIN meeting_occurrence o ON o.id = r.occurrence_id WHERE o.meeting_id = $1 ORDER BY r.id
        """,
        full.id,
    )
    return {row["uri"]: row["state"] for row in rows}


async def test_a_join_gets_a_seat_and_the_next_stands_in_line(
    desk: Desk, coop: Actor, lea: Person, noe: Person
) -> None:
    full = await publish_meeting(desk, coop, capacity=1)
    join = desk.activity(lea, "Join", full.listing.uri, participationMessage="<p>Un grille-pain</p>")

    await desk.take(lea, join)
    await desk.take(lea, {**join, "id": f"{lea.uri}/again"})
    await desk.take(noe, desk.activity(noe, "Join", full.listing.post.url))

    assert await list_states(desk, full) == {lea.uri: "seat", noe.uri: "waiting"}
    assert await desk.value("SELECT message FROM meeting_registration ORDER BY id LIMIT 1") == "Un grille-pain"
    assert await list_answers(desk) == [
        ("Accept", lea.uri, None),
        ("Accept", lea.uri, None),
        ("TentativeAccept", noe.uri, 1),
    ]
    accept = next(one for one in await desk.sent() if one["type"] == "Accept")
    assert (accept["object"]["type"], accept["object"]["id"]) == ("Join", join["id"])


@pytest.mark.parametrize("form", ["Leave", "Undo"])
async def test_a_seat_that_is_left_goes_to_the_first_in_line(
    desk: Desk, coop: Actor, lea: Person, noe: Person, form: str
) -> None:
    full = await publish_meeting(desk, coop, capacity=1)
    join = desk.activity(lea, "Join", full.listing.uri)
    await desk.take(lea, join)
    await desk.take(noe, desk.activity(noe, "Join", full.listing.uri))

    await desk.take(noe, desk.activity(noe, "Undo", join))  # somebody else's
    await desk.take(lea, desk.activity(lea, form, full.listing.uri if form == "Leave" else join))

    assert await list_states(desk, full) == {lea.uri: "cancelled", noe.uri: "seat"}
    assert (await list_answers(desk))[-1] == ("Accept", noe.uri, None)


async def test_leave_by_somebody_who_never_came_changes_nothing(
    desk: Desk, coop: Actor, lea: Person, noe: Person
) -> None:
    full = await publish_meeting(desk, coop)
    await desk.take(lea, desk.activity(lea, "Join", full.listing.uri))

    await desk.take(noe, desk.activity(noe, "Leave", full.listing.uri))

    assert await list_states(desk, full) == {lea.uri: "seat"}


@pytest.mark.parametrize(
    ("changes", "join", "reason"),
    [
        ({"capacity": 1, "waiting_list": False}, {"partySize": 3}, "complet"),
        ({}, {"ical:recurrence-id": "2031-01-01T10:00:00Z"}, "pas lieu à cette date"),
        ({}, {"partySize": 11}, "trop de personnes"),
        ({"registration": "none"}, {}, "sans s’inscrire"),
        ({"registration": "members"}, {}, "membres"),
    ],
)
async def test_a_join_that_cannot_be_is_refused_with_a_reason(
    desk: Desk, coop: Actor, lea: Person, changes: dict[str, Any], join: dict[str, Any], reason: str
) -> None:
    full = await publish_meeting(desk, coop, **changes)

    await desk.take(lea, desk.activity(lea, "Join", full.listing.uri, **join))

    assert await list_states(desk, full) == {}
    [(kind, to, _)] = await list_answers(desk)
    assert (kind, to) == ("Reject", lea.uri)
    assert reason in await desk.value("SELECT body::jsonb->>'content' FROM activity WHERE type = 'Reject'")


async def test_a_join_of_what_is_called_off_or_over_is_refused(desk: Desk, coop: Actor, lea: Person) -> None:
    full, past = await publish_meeting(desk, coop), await publish_meeting(desk, coop)
    async with transaction(desk.instance.pool) as conn:
        await cancel(conn, HERE, coop, full.id)
        await execute(
            conn,
            "UPDATE meeting_occurrence SET begins_at = now() - interval '2 days', ends_at = now() - interval '1 day' "
            "WHERE meeting_id = $1",
            past.id,
        )

    await desk.take(lea, desk.activity(lea, "Join", full.listing.uri), desk.activity(lea, "Join", past.listing.uri))

    assert [answer[0] for answer in await list_answers(desk)] == ["Reject", "Reject"]


async def test_what_is_not_for_her_is_answered_like_what_does_not_exist(desk: Desk, coop: Actor, lea: Person) -> None:
    full = await publish_meeting(desk, coop, audience="coop")

    await desk.take(lea, desk.activity(lea, "Join", full.listing.uri))
    await desk.take(lea, desk.activity(lea, "Join", f"{coop.uri}/items/00000000-0000-4000-8000-000000000000"))

    assert await list_answers(desk) == []
    assert await desk.states() == [("ignored", "joins_nobody")] * 2


@pytest.mark.parametrize(
    ("words", "states"), [("Oui, je viens !", ["seat"]), ("je viens si je peux", []), ("C’est où ?", [])]
)
async def test_somebody_without_a_button_says_so_in_words(
    desk: Desk, coop: Actor, lea: Person, words: str, states: list[str]
) -> None:
    full = await publish_meeting(desk, coop)
    mention = {"type": "Mention", "href": coop.uri, "name": f"@coop@{desk.instance.site.host}"}
    note = desk.note(lea, to=[coop.uri], cc=[], content=f"<p>@coop {words}</p>", tag=[mention])

    await desk.take(lea, desk.create(lea, note | {"inReplyTo": full.listing.uri}))

    assert list((await list_states(desk, full)).values()) == states
    sent = [one for one in await desk.sent() if one["type"] == "Create" and one["object"]["type"] == "Note"]
    assert len(sent) == len(states)
    if states:
        assert "Votre place est gardée" in sent[0]["object"]["content"]
        leaving = desk.note(lea, to=[coop.uri], cc=[], content="<p>@coop je ne viens plus, désolée</p>", tag=[mention])
        await desk.take(lea, desk.create(lea, leaving | {"inReplyTo": sent[0]["object"]["id"]}))
        assert await list_states(desk, full) == {lea.uri: "cancelled"}


async def test_two_weeks_later_nobody_knows_who_was_there(desk: Desk, coop: Actor, lea: Person) -> None:
    full = await publish_meeting(desk, coop)
    await desk.take(lea, desk.activity(lea, "Join", full.listing.uri))
    async with transaction(desk.instance.pool) as conn:
        assert await due.forget_old(conn) == 0
        await execute(conn, "UPDATE meeting_occurrence SET begins_at = begins_at - interval '30 days', ends_at = NULL")
        assert await due.forget_old(conn) == 1
        assert await registrations.list_of_actor(conn, coop.id, since=datetime.now(UTC)) == []
        assert await meetings.find(conn, full.id) is not None


async def test_asking_for_more_than_there_are_keeps_the_seat_under_the_last_join(
    desk: Desk, coop: Actor, lea: Person, noe: Person
) -> None:
    full = await publish_meeting(desk, coop, capacity=2)
    for person in (lea, noe):
        await desk.take(person, desk.activity(person, "Join", full.listing.uri))

    more = desk.activity(lea, "Join", full.listing.uri, partySize=2) | {"id": f"{lea.uri}/more"}
    await desk.take(lea, more)

    assert await list_states(desk, full) == {lea.uri: "seat", noe.uri: "seat"}
    assert (await list_answers(desk))[-1] == ("Accept", lea.uri, None)
    await desk.take(lea, desk.activity(lea, "Undo", more))
    assert (await list_states(desk, full))[lea.uri] == "cancelled"


async def test_one_join_is_for_one_time(desk: Desk, coop: Actor, lea: Person) -> None:
    full, other = await publish_meeting(desk, coop), await publish_meeting(desk, coop)
    join = desk.activity(lea, "Join", full.listing.uri)

    await desk.take(lea, join)
    await desk.instance.pool.execute("DELETE FROM received")  # long after
    await desk.take(lea, {**join, "object": other.listing.uri})

    assert await list_states(desk, other) == {}
    assert (await desk.states())[-1] == ("ignored", "join_of_others")


async def test_who_asks_for_more_than_there_are_reads_how_many_seats_she_has(
    desk: Desk, coop: Actor, lea: Person, noe: Person
) -> None:
    full = await publish_meeting(desk, coop, capacity=2)
    await desk.take(lea, desk.activity(lea, "Join", full.listing.uri))
    await desk.take(noe, desk.activity(noe, "Join", full.listing.uri))

    await desk.take(lea, {**desk.activity(lea, "Join", full.listing.uri), "id": f"{lea.uri}/more", "partySize": 4})

    answer = (await desk.sent())[-1]
    assert (answer["type"], answer["object"]["id"], answer["object"]["partySize"]) == ("Accept", f"{lea.uri}/more", 1)
