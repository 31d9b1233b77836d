"""A member asks to leave: two weeks in which nothing is lost, then the end, once."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from federation.instance import Instance
from models.errors import Conflict, NotFound, Unfinished
from models.exchanges import agreements
from models.listings import listings
from models.listings.listings import Listing, ListingDraft
from models.people import accounts, actors, roles
from models.people.actors import Actor
from models.personal_data import deletion_requests
from models.settings import Site
from models.store.database import Connection, Pool, connection, execute, fetch_column, fetch_value, transaction
from outbox.listings.listings import close, publish, withdraw
from outbox.people import account_deletion as outbox
from outbox.people.accounts import delete
from tests.eventually import eventually
from tests.factories import HERE, make_follow, make_local_actor, make_member, make_remote_actor
from tests.outbox.sent_activities import make_streams

AFTER = timedelta(days=14, minutes=1)

WAITING = """
    SELECT count(*) > 0 FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'
"""


@dataclass(frozen=True)
class StandIn:
    """As much of an instance as the chore looks at."""

    pool: Pool
    site: Site = HERE


def instance_on(pool: Pool) -> Instance:
    return cast(Instance, StandIn(pool))


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """Alice, a member here, and Odile, who administers."""
    await make_streams(conn)
    await make_member(conn, "odile", roles=["admin"])
    return await make_member(conn)


async def offer(conn: Connection, author: Actor, title: str = "Tente") -> Listing:
    return await publish(conn, HERE, author, ListingDraft(kind="offer", mode="loan", title=title))


async def status_of(conn: Connection, listing: Listing) -> str:
    found = await listings.find_by_post(conn, listing.id)
    assert found is not None
    return found.details.status


async def test_what_is_to_be_had_of_hers_is_paused_at_once_and_others_are_told(conn: Connection, alice: Actor) -> None:
    await make_follow(conn, await make_remote_actor(conn), alice)
    tent, done = await offer(conn, alice), await offer(conn, alice, "Perceuse")
    await close(conn, HERE, alice, done.uri, "done")

    await outbox.ask(conn, HERE, alice)

    assert (await status_of(conn, tent), await status_of(conn, done)) == ("paused", "fulfilled")
    said = await fetch_column(conn, "SELECT body FROM activity WHERE type = 'Update' AND object_uri = $1", tent.uri)
    assert len(said) == 1 and '"Paused"' in said[0]
    departure = await deletion_requests.find(conn, alice.id)
    account = await accounts.get(conn, alice.id)
    assert departure and departure.due_at - departure.asked_at == outbox.GRACE and account.leaves_at == departure.due_at


async def test_asking_again_changes_neither_the_day_nor_what_opens_again(conn: Connection, alice: Actor) -> None:
    await offer(conn, alice)
    await outbox.ask(conn, HERE, alice)
    first = await deletion_requests.find(conn, alice.id)

    await outbox.ask(conn, HERE, alice)

    assert await deletion_requests.find(conn, alice.id) == first


async def test_who_stays_finds_her_listings_open_but_not_what_she_or_time_closed(
    conn: Connection, alice: Actor
) -> None:
    names = ("Tente", "Perceuse", "Échelle", "Vélo", "Remorque")
    kept, closed, taken_back, late, was_paused = [await offer(conn, alice, name) for name in names]
    await close(conn, HERE, alice, was_paused.uri, "paused")
    await outbox.ask(conn, HERE, alice)
    await close(conn, HERE, alice, closed.uri, "elsewhere")
    await withdraw(conn, HERE, alice, taken_back.uri)
    await execute(conn, "UPDATE listing SET expires_at = now() - interval '1 hour' WHERE post_id = $1", late.id)

    await outbox.cancel_deletion(conn, HERE, alice)
    await outbox.cancel_deletion(conn, HERE, alice)

    found = [await status_of(conn, one) for one in (kept, closed, late, was_paused)]
    assert found == ["open", "fulfilled", "paused", "paused"]
    assert (await accounts.get(conn, alice.id)).leaves_at is None


async def test_the_last_administrator_names_another_one_first(conn: Connection, alice: Actor) -> None:
    odile = await actors.get_local(conn, "odile")

    with pytest.raises(Conflict):
        await outbox.ask(conn, HERE, odile)
    await roles.set_roles(conn, alice.id, ["admin"])
    await outbox.ask(conn, HERE, odile)
    with pytest.raises(Conflict):  # Odile is about to leave, so that Alice is the last one now
        await outbox.ask(conn, HERE, alice)
    with pytest.raises(Conflict):
        await roles.set_roles(conn, alice.id, [])


async def test_a_group_has_no_account_to_end(conn: Connection) -> None:
    group = await make_local_actor(conn, "offres", type="Group")

    with pytest.raises(NotFound):
        await outbox.ask(conn, HERE, group)


async def ready_to_leave(pool: Pool) -> Actor:
    """Alice asked to leave, and Bob elsewhere follows her."""
    async with transaction(pool) as conn:
        await make_streams(conn)
        await make_member(conn, "odile", roles=["admin"])
        alice = await make_member(conn)
        await make_follow(conn, await make_remote_actor(conn), alice)
        await outbox.ask(conn, HERE, alice)
        return alice


async def test_the_account_ends_when_its_day_has_come_once_however_often_it_is_looked_at(pool: Pool) -> None:
    alice = await ready_to_leave(pool)
    now = datetime.now(UTC)

    early = await outbox.delete_due_accounts(instance_on(pool), at=now + timedelta(days=13, hours=23))
    both = [await outbox.delete_due_accounts(instance_on(pool), at=now + AFTER) for _ in range(2)]

    assert (early, both) == (0, [1, 0])
    async with connection(pool) as conn:
        assert (await actors.get(conn, alice.id)).deleted_at is not None
        assert await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Delete'") == 1
        assert await fetch_value(conn, "SELECT count(*) FROM departure") == 0


async def test_two_workers_that_look_at_the_same_moment_end_it_once(pool: Pool) -> None:
    await ready_to_leave(pool)
    at = datetime.now(UTC) + AFTER

    ended = await asyncio.gather(*(outbox.delete_due_accounts(instance_on(pool), at=at) for _ in range(2)))

    assert sum(ended) == 1
    async with connection(pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Delete'") == 1


async def test_the_end_waits_for_whoever_changes_a_listing_of_hers_and_both_are_heard(pool: Pool) -> None:
    alice = await ready_to_leave(pool)
    async with transaction(pool) as conn:
        tent = await offer(conn, alice)

    async def somebody_waits() -> bool:
        """A connection of its own: inside a transaction the list of backends stays as it was."""
        async with connection(pool) as conn:
            return bool(await fetch_value(conn, WAITING))

    async with transaction(pool) as conn:
        await agreements.lock_listing(conn, tent.id)
        ending = asyncio.create_task(outbox.delete_due_accounts(instance_on(pool), at=datetime.now(UTC) + AFTER))
        await eventually(somebody_waits)
        await withdraw(conn, HERE, alice, tent.uri)

    assert await ending == 1


async def test_who_changed_her_mind_is_left_alone(pool: Pool) -> None:
    alice = await ready_to_leave(pool)
    async with transaction(pool) as conn:
        await outbox.cancel_deletion(conn, HERE, alice)

    assert await outbox.delete_due_accounts(instance_on(pool), at=datetime.now(UTC) + AFTER) == 0


async def test_who_became_the_last_administrator_meanwhile_stays_another_day(pool: Pool) -> None:
    async with transaction(pool) as conn:
        odile, alice = await make_member(conn, "odile", roles=["admin"]), await make_member(conn, roles=("admin",))
        await outbox.ask(conn, HERE, odile)
        await execute(conn, "UPDATE account SET disabled_at = now() WHERE actor_id = $1", alice.id)

    assert await outbox.delete_due_accounts(instance_on(pool), at=datetime.now(UTC) + AFTER) == 0

    async with connection(pool) as conn:
        departure = await deletion_requests.find(conn, odile.id)
        assert departure and departure.due_at < datetime.now(UTC) + timedelta(days=2)
        assert (await accounts.get(conn, odile.id)).roles == ["admin"]


async def test_everybody_is_reminded_once_a_day_before(conn: Connection, alice: Actor) -> None:
    await outbox.ask(conn, HERE, alice)
    now = datetime.now(UTC)

    early = await deletion_requests.claim_reminders(conn, at=now + timedelta(days=12), limit=10)
    then = [
        await deletion_requests.claim_reminders(conn, at=now + timedelta(days=13, minutes=1), limit=10)
        for _ in range(2)
    ]

    assert (early, then) == ([], [[alice.id], []])


async def test_an_account_that_cannot_be_ended_keeps_no_other_and_is_named(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with transaction(pool) as conn:
        await make_streams(conn)
        await make_member(conn, "odile", roles=["admin"])
        alice, carol = await make_member(conn), await make_member(conn, "carol")
        for actor in (alice, carol):
            await outbox.ask(conn, HERE, actor)

    async def stumble(conn: Connection, site: Site, actor: Actor) -> None:
        if actor.id == alice.id:
            raise ZeroDivisionError
        await delete(conn, site, actor)

    monkeypatch.setattr("outbox.people.account_deletion.delete", stumble)

    with pytest.raises(Unfinished, match=f"account {alice.id}: ZeroDivisionError"):
        await outbox.delete_due_accounts(instance_on(pool), at=datetime.now(UTC) + AFTER)

    async with connection(pool) as conn:
        assert await accounts.find(conn, carol.id) is None
        assert await accounts.find(conn, alice.id) is not None
