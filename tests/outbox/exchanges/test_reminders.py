"""What the clock does: reminders once each, answers that never came, agreements nobody spoke of any more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.instance import Instance
from models.errors import Unfinished
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, Terms
from models.exchanges.exchanges import EventKind
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Connection, Pool, connection, execute, transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.endings import cancel, expire_due
from outbox.exchanges.agreements.fulfilment import report
from outbox.exchanges.reminders import remind_due
from outbox.threads.agreement_context import remind
from tests.factories import HERE, make_listing, make_member, make_remote_actor
from tests.fediverse import FakeFediverse
from tests.outbox.sent_activities import list_sent

START = (datetime.now(UTC) + timedelta(days=10)).replace(minute=0, second=0, microsecond=0)
COOP = "https://henin.test/users/coop"
TERMS = Terms(begins_at=START, ends_at=START + timedelta(days=3))


@pytest.fixture
def instance(pool: Pool, tmp_path: Path) -> Instance:
    """Our server, alone."""
    return Instance(
        site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse(answers={})
    )


async def meet(instance: Instance, *, remote: bool = False) -> tuple[Actor, Actor, Listing]:
    """Alice lends a tent; Carol is here, or elsewhere."""
    async with transaction(instance.pool) as conn:
        alice = await make_member(conn)
        carol = (
            await make_remote_actor(conn, "carol", territory_uri=COOP) if remote else await make_member(conn, "carol")
        )
        return alice, carol, await make_listing(conn, alice)


async def ask(instance: Instance, *, agreed: bool = False, remote: bool = False) -> Agreement:
    """Carol asks for the tent, and Alice says yes."""
    alice, carol, listing = await meet(instance, remote=remote)
    async with transaction(instance.pool) as conn:
        asked = await request(conn, HERE, carol, listing, TERMS)
        if agreed:
            asked = await accept(conn, HERE, alice, asked)
            await execute(conn, "UPDATE agreement SET agreed_at = now() - interval '2 hours'")
    return asked


async def list_kinds(conn: Connection, agreement: Agreement) -> list[str]:
    """What happened in the thread."""
    entries = await exchanges.list_entries(conn, agreement.exchange_id)
    return [event.kind for event in await exchanges.list_events(conn, [one.id for one in entries])]


async def test_each_reminder_is_said_once_at_its_time(instance: Instance) -> None:
    asked = await ask(instance, agreed=True)
    moments = [START - timedelta(hours=30), START - timedelta(hours=20), START + timedelta(days=2, hours=1)]
    moments += [START + timedelta(days=3), START + timedelta(days=11), START + timedelta(days=24)]

    said = []
    for moment in moments:
        said.append(await remind_due(instance, moment))
        assert await remind_due(instance, moment) == 0

    assert said == [0, 1, 1, 1, 1, 1]
    async with connection(instance.pool) as conn:
        kinds = await list_kinds(conn, asked)
    assert kinds == ["requested", "agreed", "begins_soon", "ends_soon", "returned", "forgotten", "last_call"]


async def test_nobody_is_asked_for_what_was_reported(instance: Instance) -> None:
    await ask(instance, agreed=True)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET partner_reported_at = now()")

    assert await remind_due(instance, START + timedelta(days=4)) == 0


async def test_what_only_the_partner_reports_is_asked_after_until_the_owner_closes_it(instance: Instance) -> None:
    asked = await ask(instance, agreed=True)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET partner_reported_at = now()")

    said = [await remind_due(instance, START + timedelta(days=3 + after)) for after in (1, 8, 22)]
    async with transaction(instance.pool) as conn:
        await report(conn, HERE, await actors.get(conn, asked.owner_id), asked, "back")
    later = await remind_due(instance, START + timedelta(days=3 + 40))

    assert (said, later) == ([0, 1, 1], 0)
    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, asked.id)).state == "done"


async def test_of_questions_that_are_due_at_once_only_the_last_is_asked(instance: Instance) -> None:
    asked = await ask(instance, agreed=True)

    assert await remind_due(instance, START + timedelta(days=3 + 22)) == 1

    async with connection(instance.pool) as conn:
        assert (await list_kinds(conn, asked))[-2:] == ["agreed", "last_call"]


async def test_nothing_ends_right_after_it_was_asked_for_late(instance: Instance) -> None:
    asked = await ask(instance, agreed=True)
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            "UPDATE agreement SET begins_at = now() - interval '60 days', ends_at = now() - interval '50 days',"
            " agreed_at = now() - interval '70 days'",
        )

    assert await remind_due(instance) == 1
    assert await remind_due(instance, datetime.now(UTC) + timedelta(days=5)) == 0
    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, asked.id)).state == "agreed"

    assert await remind_due(instance, datetime.now(UTC) + timedelta(days=7)) == 1


async def test_what_nobody_closes_ends_a_week_after_the_last_question_and_the_days_are_free(instance: Instance) -> None:
    asked = await ask(instance, agreed=True, remote=True)
    await remind_due(instance, START + timedelta(days=3 + 27))
    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, asked.id)).state == "agreed"

    await remind_due(instance, START + timedelta(days=3 + 28))

    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, asked.id)).state == "expired"
        assert (await list_kinds(conn, asked))[-2:] == ["last_call", "expired"]
        assert await agreements.list_live_by_listing(conn, asked.listing_id) == []
        last = (await list_sent(conn))[-1].activity
    assert (last["type"], last["object"]["preview"]["name"]) == ("Update", "Expired")


async def test_a_request_without_an_answer_ends_by_itself(instance: Instance) -> None:
    asked = await ask(instance, remote=True)
    assert await expire_due(instance) == 0
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET held_until = now() - interval '1 minute'")

    assert await expire_due(instance) == 1
    assert await expire_due(instance) == 0

    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, asked.id)).state == "expired"
        assert await list_kinds(conn, asked) == ["requested", "expired"]
        last = (await list_sent(conn))[-1].activity
        assert (last["object"]["preview"]["name"], last["to"]) == ("Expired", ["https://henin.test/users/carol"])


async def test_a_request_is_held_for_as_long_as_the_cooperative_says(instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "INSERT INTO preference (key, value) VALUES ('hold_hours', '24')")

    asked = await ask(instance)

    assert asked.held_until is not None
    assert timedelta(hours=23) < asked.held_until - datetime.now(UTC) <= timedelta(hours=24)


async def test_a_copy_waits_a_day_longer_than_the_server_that_has_the_word(instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        carol, alice = (
            await make_member(conn, "carol"),
            await make_remote_actor(conn, "alice", territory_uri=COOP),
        )
        asked = await request(conn, HERE, carol, await make_listing(conn, alice), TERMS)
        await execute(conn, "UPDATE agreement SET held_until = now() - interval '23 hours'")
    assert await expire_due(instance) == 0
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET held_until = now() - interval '25 hours'")

    await expire_due(instance)

    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, asked.id)).state == "expired"
        assert [sent.type for sent in await list_sent(conn)] == ["Offer"]


async def test_a_copy_that_nobody_closes_ends_a_day_after_the_server_that_has_the_word(instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        carol, alice = await make_member(conn, "carol"), await make_remote_actor(conn, "alice", territory_uri=COOP)
        asked = await request(conn, HERE, carol, await make_listing(conn, alice), TERMS)
        await execute(conn, "UPDATE agreement SET state = 'agreed', agreed_at = now() - interval '2 hours'")
    await remind_due(instance, START + timedelta(days=3 + 28))
    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, asked.id)).state == "agreed"

    await remind_due(instance, START + timedelta(days=3 + 29))

    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, asked.id)).state == "expired"
        assert [sent.type for sent in await list_sent(conn)] == ["Offer"], "only the owner’s server says so to others"


async def ask_twice(instance: Instance, *, agreed: bool) -> tuple[Agreement, Agreement]:
    """Two agreements about two things, the first of which nothing can be done with."""
    stuck = await ask(instance, agreed=agreed)
    async with transaction(instance.pool) as conn:
        alice, carol = await actors.get(conn, stuck.owner_id), await actors.get(conn, stuck.partner_id)
        other = await request(conn, HERE, carol, await make_listing(conn, alice), TERMS)
        if agreed:
            other = await accept(conn, HERE, alice, other)
            await execute(conn, "UPDATE agreement SET agreed_at = now() - interval '2 hours'")
    return stuck, other


@pytest.fixture
def stumbling(monkeypatch: pytest.MonkeyPatch) -> Callable[[Agreement], None]:
    """Makes whatever is written down of one agreement fail."""
    add_event = exchanges.add_event

    def stumble_over(stuck: Agreement) -> None:
        async def stumble(conn: Connection, exchange_id: int, kind: EventKind, **more: Any) -> int | None:
            if exchange_id == stuck.exchange_id:
                raise ZeroDivisionError
            return await add_event(conn, exchange_id, kind, **more)

        monkeypatch.setattr(exchanges, "add_event", stumble)

    return stumble_over


async def test_a_reminder_that_fails_keeps_no_other_from_being_said(
    instance: Instance, stumbling: Callable[[Agreement], None]
) -> None:
    stuck, other = await ask_twice(instance, agreed=True)
    stumbling(stuck)

    with pytest.raises(Unfinished, match=f"reminder of agreement {stuck.id}: ZeroDivisionError"):
        await remind_due(instance, START - timedelta(hours=20))

    async with connection(instance.pool) as conn:
        assert (await list_kinds(conn, other))[-1] == "begins_soon"


async def test_a_request_that_cannot_be_ended_keeps_no_other_from_ending(
    instance: Instance, stumbling: Callable[[Agreement], None]
) -> None:
    stuck, other = await ask_twice(instance, agreed=False)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET held_until = now() - interval '1 hour'")
    stumbling(stuck)

    with pytest.raises(Unfinished, match=f"agreement {stuck.id}: ZeroDivisionError"):
        await expire_due(instance)

    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, other.id)).state == "expired"


async def test_nobody_is_reminded_of_what_was_called_off_a_moment_ago(instance: Instance) -> None:
    asked = await ask(instance, agreed=True)
    async with transaction(instance.pool) as conn:
        await cancel(conn, HERE, await actors.get(conn, asked.owner_id), asked)

        await remind(conn, HERE, asked.id, "begins_soon")

        assert (await list_kinds(conn, asked))[-1] == "cancelled"
