"""What somebody changes about her seats, and what the organiser changes under her: nobody loses one or is forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Conflict, Invalid, NotFound
from models.meetings import meetings, occurrences, registrations
from models.meetings.registrations import Registration, Wish
from models.people.actors import Actor
from models.store.database import Connection, execute, fetch_value
from outbox.meetings.guests import Visitor, confirm, request_seat, withdraw
from outbox.meetings.meetings import edit, publish
from outbox.meetings.occurrences import TimeDraft, change_time
from outbox.meetings.registrations import leave, register
from tests.factories import HERE, make_member
from tests.outbox.meetings.sample_meetings import NOON, make_draft
from tests.outbox.sent_activities import make_streams

MARIE = Visitor(email="marie@mail.example", name="Marie", language="fr")


@pytest.fixture
async def coop(conn: Connection) -> Actor:
    return (await make_streams(conn))["coop"]


async def look(conn: Connection, held: Registration) -> tuple[str, int]:
    now = await registrations.find(conn, held.id)
    assert now is not None
    return now.state, now.people


async def test_seats_left_by_whoever_brings_fewer_people_go_to_the_line(conn: Connection, coop: Actor) -> None:
    alice, bea = await make_member(conn), await make_member(conn, "bea")
    full = await publish(conn, HERE, coop, make_draft(capacity=3))
    held = await register(conn, HERE, alice, full.id, Wish(people=3))
    waiting = await register(conn, HERE, bea, full.id, Wish(people=2))

    await register(conn, HERE, alice, full.id, Wish(people=1))

    assert [await look(conn, one) for one in (held, waiting)] == [("seat", 1), ("seat", 2)]


async def test_who_waits_with_too_many_people_and_brings_fewer_gets_the_seat(conn: Connection, coop: Actor) -> None:
    alice, bea = await make_member(conn), await make_member(conn, "bea")
    full = await publish(conn, HERE, coop, make_draft(capacity=3))
    await register(conn, HERE, alice, full.id, Wish(people=2))
    assert (await register(conn, HERE, bea, full.id, Wish(people=2))).state == "waiting"

    assert (await register(conn, HERE, bea, full.id, Wish(people=1))).state == "seat"


async def test_who_asks_for_more_than_there_are_keeps_her_seat(conn: Connection, coop: Actor) -> None:
    alice, bea = await make_member(conn), await make_member(conn, "bea")
    full = await publish(conn, HERE, coop, make_draft(capacity=2))
    held = await register(conn, HERE, alice, full.id, Wish())
    await register(conn, HERE, bea, full.id, Wish())

    with pytest.raises(Conflict) as refused:
        await register(conn, HERE, alice, full.id, Wish(people=2))

    assert refused.value.code == "meeting_no_room_for_more"
    assert await look(conn, held) == ("seat", 1)


async def test_a_guest_who_left_and_comes_again_confirms_again(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft())

    for _ in range(2):
        await request_seat(conn, full.id, MARIE, Wish())
        held = await registrations.find(conn, await fetch_value(conn, "SELECT id FROM meeting_registration"))
        assert held is not None and held.state == "asked"
        taken = await confirm(conn, HERE, held.id, held.turn)
        assert taken.state == "seat"
        await withdraw(conn, HERE, taken.id, taken.turn)
        assert (await confirm(conn, HERE, taken.id, taken.turn)).state == "cancelled"


async def test_a_link_opens_no_door_that_was_closed_since(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft())
    await request_seat(conn, full.id, MARIE, Wish())
    held = await registrations.find(conn, await fetch_value(conn, "SELECT id FROM meeting_registration"))
    assert held is not None
    await edit(conn, HERE, coop, full.id, make_draft(registration="none", capacity=None))

    with pytest.raises(Conflict):
        await confirm(conn, HERE, held.id, held.turn)


async def test_one_time_has_no_fewer_seats_than_are_taken_also_by_those_of_all(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft(capacity=1, rrule="FREQ=WEEKLY"))
    first = (await occurrences.list_of_meeting(conn, full.id))[0]
    await change_time(
        conn, HERE, coop, first.id, TimeDraft(begins_at=first.begins_at, ends_at=first.ends_at, capacity=5)
    )
    await register(conn, HERE, await make_member(conn), full.id, Wish(people=4))

    with pytest.raises(Invalid):
        await change_time(conn, HERE, coop, first.id, TimeDraft(begins_at=first.begins_at, ends_at=first.ends_at))


async def test_a_time_put_off_stays_when_its_first_day_is_over(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft(capacity=None, rrule="FREQ=WEEKLY"))
    first, *_ = await occurrences.list_of_meeting(conn, full.id)
    held = await register(conn, HERE, await make_member(conn), full.id, Wish(recurs_at=first.recurs_at))
    put_off = TimeDraft(begins_at=NOON + timedelta(days=13), ends_at=NOON + timedelta(days=13, hours=2))
    await change_time(conn, HERE, coop, first.id, put_off)
    first_days = "UPDATE meeting_occurrence SET recurs_at = now() - interval '1 hour' WHERE id = $1"
    await execute(conn, first_days, first.id)

    await edit(conn, HERE, coop, full.id, make_draft(title="Autrement", capacity=None, rrule="FREQ=WEEKLY"))

    now = await occurrences.find(conn, first.id)
    assert now is not None and not now.cancelled and now.begins_at == put_off.begins_at
    assert await look(conn, held) == ("seat", 1)


async def test_what_comes_again_since_long_ago_can_still_be_changed(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft(rrule="FREQ=WEEKLY"))
    before = {
        "begins_at": NOON - timedelta(days=7 * 100),
        "ends_at": NOON - timedelta(days=7 * 100) + timedelta(hours=4),
    }
    await execute(conn, "UPDATE meeting SET begins_at = $2, ends_at = $3 WHERE post_id = $1", full.id, *before.values())

    changed = await edit(conn, HERE, coop, full.id, make_draft(title="Autrement", rrule="FREQ=WEEKLY", **before))

    assert changed.listing.details.title == "Autrement"
    with pytest.raises(Invalid):
        earlier = {name: one - timedelta(days=7) for name, one in before.items()}
        await edit(conn, HERE, coop, full.id, make_draft(rrule="FREQ=WEEKLY", **earlier))


async def test_who_was_reminded_is_reminded_of_the_new_day_too(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft())
    await register(conn, HERE, await make_member(conn), full.id, Wish())
    await execute(conn, "UPDATE meeting_registration SET reminded_at = now()")

    await edit(conn, HERE, coop, full.id, make_draft(begins_at=NOON + timedelta(days=30), ends_at=None))

    assert await fetch_value(conn, "SELECT reminded_at FROM meeting_registration") is None


async def test_leaving_twice_or_what_is_not_there_is_refused(conn: Connection, coop: Actor) -> None:
    alice = await make_member(conn)
    full = await publish(conn, HERE, coop, make_draft())
    await register(conn, HERE, alice, full.id, Wish())

    await leave(conn, HERE, alice, full.id)

    for id in (full.id, 1):
        with pytest.raises(NotFound):
            await leave(conn, HERE, alice, id)
    held = await meetings.find(conn, full.id)
    assert held is not None and held.begins_at > datetime.now(UTC)


async def test_one_date_goes_no_further_than_a_meeting_may(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft(rrule="FREQ=WEEKLY;COUNT=3"))
    [first, *_] = await occurrences.list_of_meeting(conn, full.id)

    with pytest.raises(Invalid) as refused:
        await change_time(conn, HERE, coop, first.id, TimeDraft(begins_at=NOON + timedelta(days=9999)))

    assert refused.value.code == "meeting_too_far"
