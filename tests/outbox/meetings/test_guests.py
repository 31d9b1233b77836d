"""Guests at meetings: confirmed by mail before any seat is taken, reminded once, and forgotten."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation.instance import Instance
from models.errors import Conflict, Forbidden, Gone, Invalid
from models.meetings import due, occurrences, registrations
from models.meetings.registrations import Registration, Wish
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Connection, Pool, execute, fetch_column, fetch_value, transaction
from outbox.meetings import chores
from outbox.meetings.guests import Visitor, confirm, request_seat, withdraw
from outbox.meetings.meetings import publish
from outbox.meetings.registrations import register
from tests.factories import HERE, make_member
from tests.fediverse import FakeFediverse
from tests.outbox.meetings.sample_meetings import NOON, make_draft
from tests.outbox.sent_activities import make_streams

MARIE = Visitor(email="marie@mail.example", name="Marie", language="fr")


@pytest.fixture
async def coop(conn: Connection) -> Actor:
    """The cooperative."""
    return (await make_streams(conn))["coop"]


async def find_only(conn: Connection) -> Registration:
    found = await registrations.find(conn, await fetch_value(conn, "SELECT id FROM meeting_registration"))
    assert found is not None
    return found


async def test_a_seat_is_taken_by_the_link_alone_and_left_by_it(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft(capacity=1))

    await request_seat(conn, full.id, MARIE, Wish(message="Une lampe"))
    asked = await find_only(conn)
    assert asked.state == "asked"
    taken = await confirm(conn, HERE, asked.id, asked.turn)
    again = await confirm(conn, HERE, asked.id, asked.turn)

    assert (taken.state, again.state, taken.message) == ("seat", "seat", "Une lampe")
    await request_seat(conn, full.id, MARIE, Wish())
    with pytest.raises(Gone):
        await withdraw(conn, HERE, asked.id, asked.turn)
    renewed = await find_only(conn)
    assert (renewed.state, renewed.turn) == ("seat", asked.turn + 1)
    alice = await make_member(conn)
    await register(conn, HERE, alice, full.id, Wish())
    await withdraw(conn, HERE, renewed.id, renewed.turn)
    assert await fetch_column(conn, "SELECT state FROM meeting_registration ORDER BY id") == ["cancelled", "seat"]
    jobs = await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'meeting_mail'")
    assert jobs == 3


async def test_who_confirms_too_late_waits_or_is_told(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft(capacity=1, waiting_list=False))
    await request_seat(conn, full.id, MARIE, Wish())
    await register(conn, HERE, await make_member(conn), full.id, Wish())

    asked = next(
        one
        for one in await registrations.list_of_occurrences(
            conn, [one.id for one in await occurrences.list_of_meeting(conn, full.id)]
        )
        if one.email is not None
    )
    with pytest.raises(Conflict):
        await confirm(conn, HERE, asked.id, asked.turn)


async def test_guests_are_not_let_in_everywhere(conn: Connection, coop: Actor) -> None:
    members = await publish(conn, HERE, coop, make_draft(registration="members"))
    full = await publish(conn, HERE, coop, make_draft())

    with pytest.raises(Forbidden):
        await request_seat(conn, members.id, MARIE, Wish())
    with pytest.raises(Invalid):
        await request_seat(conn, full.id, Visitor(email="a@b.example", name="http://x", language="fr"), Wish())


async def test_who_never_confirms_is_forgotten_the_next_day(conn: Connection, coop: Actor) -> None:
    full = await publish(conn, HERE, coop, make_draft())
    await request_seat(conn, full.id, MARIE, Wish())

    assert await due.forget_old(conn) == 0
    await execute(conn, "UPDATE meeting_registration SET changed_at = now() - interval '25 hours'")
    assert await due.forget_old(conn) == 1


async def test_the_day_before_who_comes_is_reminded_once(pool: Pool, tmp_path: Path) -> None:
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse())
    async with transaction(pool) as conn:
        coop = (await make_streams(conn))["coop"]
        full = await publish(conn, HERE, coop, make_draft(rrule="FREQ=DAILY;COUNT=2"))
        await register(conn, HERE, await make_member(conn), full.id, Wish())
    eve = NOON + timedelta(days=9)

    assert await chores.remind_due(instance, at=eve - timedelta(days=2)) == 0
    assert await chores.remind_due(instance, at=eve) == 1
    assert await chores.remind_due(instance, at=eve) == 0
    async with transaction(pool) as conn:
        told = await fetch_value(conn, "SELECT source FROM post WHERE audience = 'direct'")
        assert told.startswith("@alice À bientôt")


async def test_what_is_over_ends_and_what_comes_again_tells_of_the_next(pool: Pool, tmp_path: Path) -> None:
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse())
    async with transaction(pool) as conn:
        coop = (await make_streams(conn))["coop"]
        once = await publish(conn, HERE, coop, make_draft())
        weekly = await publish(conn, HERE, coop, make_draft(rrule="FREQ=WEEKLY;COUNT=3"))

    await chores.go_on(instance, at=NOON + timedelta(days=11))

    async with transaction(pool) as conn:
        status = "SELECT status FROM listing WHERE post_id = $1"
        assert await fetch_value(conn, status, once.id) == "fulfilled"
        assert await fetch_value(conn, status, weekly.id) == "open"
        assert len(await occurrences.list_of_meeting(conn, weekly.id)) == 3
        assert await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Update'") == 2
    assert datetime.now(UTC) < NOON + timedelta(days=10)


async def test_each_is_extended_once_a_day_whether_it_ends_or_not(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse())
    async with transaction(pool) as conn:
        coop = (await make_streams(conn))["coop"]
        ending = await publish(conn, HERE, coop, make_draft(rrule="FREQ=WEEKLY;COUNT=3"))
        daily = await publish(conn, HERE, coop, make_draft(rrule="FREQ=DAILY", capacity=None))
    monkeypatch.setattr(chores, "AT_ONCE", 1)
    now = NOON + timedelta(days=1)

    for _ in range(2):
        await chores.go_on(instance, at=now)
    async with transaction(pool) as conn:
        assert await due.list_to_extend(conn, at=now, limit=10) == []
        known = len(await occurrences.list_of_meeting(conn, daily.id))
        assert await due.list_to_extend(conn, at=now + timedelta(days=1), limit=10) == [ending.id, daily.id]

    for _ in range(2):
        await chores.go_on(instance, at=NOON + timedelta(days=20))
    async with transaction(pool) as conn:
        assert len(await occurrences.list_of_meeting(conn, daily.id)) > known
