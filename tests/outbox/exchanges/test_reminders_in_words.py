"""People elsewhere without a button are reminded in words: the day before, at the end, by day, and each thing once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.instance import Instance
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings
from models.moments import PARIS
from models.people import actors
from models.settings import Settings
from models.store.database import Connection, Pool, connection, execute, transaction
from outbox.exchanges.agreements.agreements import accept, propose, request
from outbox.exchanges.agreements.endings import cancel
from outbox.exchanges.reminders import remind_due
from outbox.listings.listings import withdraw
from outbox.relations import blocks
from tests.database_queries import count_unread_threads
from tests.factories import HERE, make_listing, make_member, make_remote_actor
from tests.fediverse import FakeFediverse
from tests.outbox.sent_activities import list_sent

BEGIN = (datetime.now(PARIS) + timedelta(days=10)).replace(hour=0, minute=0, second=0, microsecond=0)
TERMS = Terms(begins_at=BEGIN.astimezone(UTC), ends_at=(BEGIN + timedelta(days=3)).astimezone(UTC))


@pytest.fixture
def instance(pool: Pool, tmp_path: Path) -> Instance:
    """Our server, alone."""
    return Instance(
        site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse(answers={})
    )


async def lend(instance: Instance, **details: Any) -> Agreement:
    """Alice lends a tent to Bob, who has a plain account elsewhere; both said yes some hours ago."""
    async with transaction(instance.pool) as conn:
        alice, bob = await make_member(conn), await make_remote_actor(conn, "bob", "mastodon.test")
        listing = await make_listing(conn, alice, **({"title": "Tente"} | details))
        thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=bob.id)
        held = await accept(conn, HERE, bob, await propose(conn, HERE, alice, thread, TERMS))
        await execute(conn, "UPDATE agreement SET agreed_at = now() - interval '2 hours'")
        await execute(conn, "UPDATE exchange SET owner_read_id = last_id")
    return held


async def list_reminders(conn: Connection) -> list[str]:
    """What Bob was told since they agreed."""
    return [one.activity["object"]["content"] for one in (await list_sent(conn))[2:]]


def at(day: int, hour: int) -> datetime:
    """An hour in the territory, so many days after the beginning."""
    return (BEGIN + timedelta(days=day)).replace(hour=hour)


async def test_the_borrower_is_reminded_by_day_and_once(instance: Instance) -> None:
    held = await lend(instance)

    told = []
    for moment in (at(-1, 1), at(-1, 7), at(-1, 8), at(-1, 12), at(2, 9), at(3, 9), at(10, 9), at(24, 10)):
        await remind_due(instance, moment)
        await remind_due(instance, moment)
        async with connection(instance.pool) as conn:
            told.append(len(await list_reminders(conn)))

    assert told == [0, 0, 1, 1, 2, 3, 4, 5]
    async with connection(instance.pool) as conn:
        said = await list_reminders(conn)
        alice = await actors.get(conn, held.owner_id)
        notes = [one.activity for one in await list_sent(conn)]
        assert await count_unread_threads(conn, alice.id) == 1, "the clock spoke in her name; she has not seen it"
    assert "Rappel : « Tente », c’est pour bientôt, du " in said[0] and "Alice le lit" in said[0]
    assert "la fin du prêt approche" in said[1]
    assert "est-ce rendu ?" in said[2]
    assert "toujours pas de nouvelles" in said[3]
    assert "L’accord s’éteint dans une semaine." in said[4]
    assert {note["to"][0] for note in notes} == {"https://mastodon.test/users/bob"}
    assert notes[2]["object"]["inReplyTo"] is not None, "in the thread"


async def test_members_read_it_at_once_and_see_that_it_was_sent(instance: Instance) -> None:
    held = await lend(instance)

    await remind_due(instance, at(-1, 1))
    async with connection(instance.pool) as conn:
        [entry] = (await exchanges.list_entries(conn, held.exchange_id))[-1:]
        [said] = await exchanges.list_events(conn, [entry.id])
    await remind_due(instance, at(-1, 9))

    assert (said.kind, said.details) == ("begins_soon", {"owed": True})
    async with connection(instance.pool) as conn:
        [said] = await exchanges.list_events(conn, [said.id])
        assert set(said.details) == {"note", "activity"}
        assert (await list_sent(conn))[-1].activity["object"]["id"] == said.details["activity"]


async def test_what_is_called_off_or_begun_at_night_is_not_told_in_the_morning(instance: Instance) -> None:
    held = await lend(instance)
    await remind_due(instance, at(-1, 1))
    async with transaction(instance.pool) as conn:
        await cancel(conn, HERE, await actors.get(conn, held.owner_id), held)
    await remind_due(instance, at(-1, 9))
    async with connection(instance.pool) as conn:
        assert ["annulé" in said for said in await list_reminders(conn)] == [True]

    other = await ask(instance)
    await remind_due(instance, BEGIN - timedelta(hours=1))
    await remind_due(instance, at(0, 9))
    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, other.id)).state == "agreed"
        assert not [said for said in await list_reminders(conn) if "Rappel" in said]


async def ask(instance: Instance) -> Agreement:
    """Carol borrows from Dora, who has a plain account elsewhere."""
    async with transaction(instance.pool) as conn:
        carol, dora = await make_member(conn, "carol"), await make_remote_actor(conn, "dora", "mastodon.test")
        asked = await request(conn, HERE, carol, await make_listing(conn, dora, title="Remorque"), TERMS)
        asked = await accept(conn, HERE, dora, asked)
        await execute(conn, "UPDATE agreement SET agreed_at = now() - interval '2 hours'")
    return asked


async def test_an_owner_elsewhere_is_reminded_too(instance: Instance) -> None:
    await ask(instance)

    await remind_due(instance, at(-1, 9))

    async with connection(instance.pool) as conn:
        last = (await list_sent(conn))[-1].activity["object"]
    assert last["to"] == ["https://mastodon.test/users/dora"] and "« Remorque », c’est pour bientôt" in last["content"]


async def test_whoever_is_hidden_is_not_written_to(instance: Instance) -> None:
    held = await lend(instance)
    async with transaction(instance.pool) as conn:
        alice, bob = await actors.get(conn, held.owner_id), await actors.get(conn, held.partner_id)
        await blocks.block(conn, HERE, alice, bob)
        before = len(await list_reminders(conn))

    await remind_due(instance, at(-1, 9))

    async with connection(instance.pool) as conn:
        assert len(await list_reminders(conn)) == before


async def test_what_is_agreed_about_a_listing_that_was_withdrawn_is_still_told(instance: Instance) -> None:
    held = await lend(instance)
    async with transaction(instance.pool) as conn:
        alice, listing = await actors.get(conn, held.owner_id), await listings.find_by_post(conn, held.listing_id)
        assert listing is not None
        await withdraw(conn, HERE, alice, listing.post.uri)

    await remind_due(instance, at(-1, 9))
    async with transaction(instance.pool) as conn:
        await cancel(conn, HERE, alice, held)

    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, held.id)).state == "cancelled"
        told = [one.activity["object"] for one in await list_sent(conn) if one.type == "Create"][-2:]
    assert ["Rappel" in told[0]["content"], "annulé" in told[1]["content"]] == [True, True]
