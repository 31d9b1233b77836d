"""Two who decide at the same moment: one is first, and the other finds what that one left."""

import asyncio
from collections.abc import Awaitable, Callable

from models.communities import members, memberships
from models.communities.communities import Community
from models.errors import Refusal
from models.people.actors import Actor
from models.store.database import Connection, Pool, transaction
from outbox.communities.invitations import enter_by_link, make_link
from outbox.communities.leaving import leave
from outbox.communities.roles import set_role, step_down
from tests.factories import HERE, make_member
from tests.outbox.communities.sample_community import found, put_in
from tests.outbox.communities.test_entry_links import in_a_week

Act = Callable[[Connection, Actor], Awaitable[object]]


async def at_once(pool: Pool, act: Act, *people: Actor) -> list[str]:
    """What each is answered: "" where it was done."""

    async def one(person: Actor) -> str:
        try:
            async with transaction(pool) as conn:
                await act(conn, person)
                await asyncio.sleep(0.02)  # the other one comes meanwhile
        except Refusal as refusal:
            return refusal.code
        return ""

    return sorted(await asyncio.gather(*(one(person) for person in people)))


async def prepare(pool: Pool) -> tuple[Community, Actor, Actor, Actor]:
    """Alice and Anna manage it, Zoe is in it."""
    async with transaction(pool) as conn:
        alice, anna, zoe = [await make_member(conn, name) for name in ("alice", "anna", "zoe")]
        community = await found(conn, alice)
        for one in (anna, zoe):
            await put_in(conn, one, community)
        await set_role(conn, HERE, alice, community, anna, "manager")
    return community, alice, anna, zoe


async def test_the_last_two_managers_do_not_go_at_once(pool: Pool) -> None:
    community, alice, anna, _ = await prepare(pool)

    async def step(conn: Connection, person: Actor) -> object:
        return await step_down(conn, HERE, person, community)

    async def go(conn: Connection, person: Actor) -> object:
        return await leave(conn, HERE, person, community)

    assert await at_once(pool, step, alice, anna) == ["", "last_manager"]
    async with transaction(pool) as conn:
        [left] = await members.list_manager_ids(conn, community.actor_id)
        other = anna if left == alice.id else alice
        await set_role(conn, HERE, alice if other is anna else anna, community, other, "manager")
    assert await at_once(pool, go, alice, anna) == ["", "last_manager"]
    async with transaction(pool) as conn:
        assert len(await members.list_manager_ids(conn, community.actor_id)) == 1


async def test_the_last_place_of_a_link_is_taken_once(pool: Pool) -> None:
    community, alice, _, _ = await prepare(pool)
    async with transaction(pool) as conn:
        token = await make_link(conn, HERE, alice, community, 1, in_a_week())
        ines, jean = [await make_member(conn, name) for name in ("ines", "jean")]

    async def enter(conn: Connection, person: Actor) -> object:
        return await enter_by_link(conn, HERE, person, token, 1)

    assert await at_once(pool, enter, ines, jean) == ["", "entry_link_expired"]
    async with transaction(pool) as conn:
        held = [await memberships.find(conn, community.actor_id, one.id) for one in (ines, jean)]
    assert [one.state for one in held if one is not None] == ["member"]
