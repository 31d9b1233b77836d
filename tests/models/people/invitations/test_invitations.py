"""Invitations: their places, their end, and what somebody brings along by one."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Conflict
from models.people.actors import Actor
from models.people.arrivals import unconfirmed_accounts
from models.people.invitations import entries, invitations, mailings, member_imports
from models.people.invitations.entries import Entry
from models.store.database import Connection, Pool, connection, execute, fetch_value, transaction
from tests.factories import make_member
from tests.invitations import make_invitation, publish_charter

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


async def state_of(conn: Connection, id: int) -> str:
    found = await invitations.find(conn, id)
    assert found is not None
    return found.state


async def come(conn: Connection, username: str, id: int) -> None:
    """Somebody comes by this invitation."""
    await entries.record(conn, (await make_member(conn, username)).id, Entry(invitation_id=id))


async def test_an_invitation_is_open_full_expired_or_revoked(conn: Connection) -> None:
    nadia = await make_member(conn, "nadia")
    full, old, revoked, open_one = [
        await make_invitation(conn, nadia.id, places=1),
        await make_invitation(conn, nadia.id, expires_at=YESTERDAY),
        await make_invitation(conn, nadia.id),
        await make_invitation(conn, nadia.id),
    ]
    await come(conn, "carole", full)
    assert await invitations.revoke(conn, revoked) and not await invitations.revoke(conn, revoked)

    assert [await state_of(conn, id) for id in (full, old, revoked, open_one)] == ["full", "expired", "revoked", "open"]
    for closed in (full, old, revoked):
        with pytest.raises(Conflict):
            await entries.record(conn, nadia.id, Entry(invitation_id=closed))


async def test_a_members_own_invitation_ends_with_her(conn: Connection) -> None:
    alice = await make_member(conn)
    own, teams = await make_invitation(conn, alice.id, team=False), await make_invitation(conn, alice.id)

    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", alice.id)

    assert [await state_of(conn, own), await state_of(conn, teams)] == ["revoked", "open"]
    found = await invitations.find(conn, teams)
    assert found is not None and found.maker_name == "", "nobody reads the name of who is suspended"


async def test_of_two_at_the_last_place_one_comes_in(pool: Pool) -> None:
    async with transaction(pool) as conn:
        nadia = await make_member(conn, "nadia")
        id = await make_invitation(conn, nadia.id, places=3)
        for name in ("anne", "bruno"):
            await come(conn, name, id)
        members = [await make_member(conn, name) for name in ("carole", "denis", "emma", "farid")]
    ready = asyncio.Barrier(4)

    async def try_to_come(member: Actor) -> bool:
        async with transaction(pool) as conn:
            await fetch_value(conn, "SELECT 1")
            await ready.wait()
            try:
                await entries.record(conn, member.id, Entry(invitation_id=id))
            except Conflict:
                return False
            await asyncio.sleep(0)
            return True

    came = await asyncio.gather(*(try_to_come(member) for member in members))

    assert sorted(came) == [False, False, False, True]
    async with connection(pool) as conn:
        found = await invitations.find(conn, id)
    assert found is not None and (found.used, found.state) == (3, "full")


async def test_what_she_brings_becomes_hers_with_the_account(conn: Connection) -> None:
    nadia = await make_member(conn, "nadia", name="Nadia")
    version = await publish_charter(conn)
    id = await make_invitation(conn, nadia.id)
    carole = await make_member(conn, "carole")

    await entries.record(conn, carole.id, Entry(invitation_id=id, version_ids=(version,)))

    inviter = await entries.find_inviter(conn, carole.id)
    assert inviter is not None and (inviter.name, inviter.note) == ("Nadia", "affiche du marché")
    assert await fetch_value(conn, "SELECT documents_due_at FROM account WHERE actor_id = $1", carole.id) is None
    assert [one.username for one in await invitations.list_invited(conn, [id])] == ["carole"]


async def test_who_never_confirms_gives_her_place_back(conn: Connection) -> None:
    nadia = await make_member(conn, "nadia")
    id = await make_invitation(conn, nadia.id, places=1)
    await come(conn, "denis", id)
    await execute(
        conn,
        """
        UPDATE account SET confirmed_at = NULL, created_at = now() - interval '8 days'
        FROM actor WHERE actor.id = actor_id AND username = 'denis'
        """,
    )
    assert await state_of(conn, id) == "full"

    assert await unconfirmed_accounts.forget_unconfirmed(conn) == 1

    assert await state_of(conn, id) == "open"


async def test_a_member_gives_away_what_is_open_or_taken(conn: Connection) -> None:
    alice = await make_member(conn)
    await make_invitation(conn, alice.id, team=False, places=3)
    stopped = await make_invitation(conn, alice.id, team=False, places=4)
    await come(conn, "carole", stopped)
    await invitations.revoke(conn, stopped)
    await come(conn, "denis", await make_invitation(conn, alice.id, places=100))

    assert await invitations.count_given(conn, alice.id) == 3 + 1


async def test_addresses_of_who_did_not_come_are_forgotten(conn: Connection) -> None:
    nadia = await make_member(conn, "nadia")
    long_ago = datetime.now(UTC) - timedelta(days=31)
    old = await make_invitation(conn, nadia.id, places=1, email="a@x.fr", expires_at=long_ago)
    used = await make_invitation(conn, nadia.id, places=1, email="b@x.fr", expires_at=long_ago)
    held = await make_invitation(conn, nadia.id, places=1, email="c@x.fr")
    await execute(conn, "INSERT INTO invitation_use (actor_id, invitation_id) VALUES ($1, $2)", nadia.id, used)

    assert await mailings.forget_old(conn) == 1

    assert [await invitations.find(conn, id) is None for id in (old, used, held)] == [True, False, False]


async def test_lists_that_nobody_confirmed_are_forgotten_after_a_day(conn: Connection) -> None:
    nadia = await make_member(conn, "nadia")
    looked_at, done = await member_imports.create(conn, nadia.id, []), await member_imports.create(conn, nadia.id, [])
    assert await member_imports.confirm(conn, done) and not await member_imports.confirm(conn, done)
    await execute(conn, "UPDATE member_import SET created_at = now() - interval '2 days'")

    assert await member_imports.forget_old(conn) == 1

    assert await member_imports.find(conn, looked_at) is None and await member_imports.find(conn, done) is not None
