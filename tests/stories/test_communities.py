"""A community across two whole cooperatives: asked and let in, asked again, invited, managed from elsewhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from federation.discovery.fetches import get_actor
from federation.discovery.remote import resolve_handle
from models.communities import communities, memberships
from models.communities.charters import NewCharter
from models.communities.communities import Community
from models.communities.memberships import Membership
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, transaction
from outbox.communities.approvals import approve
from outbox.communities.charters import publish_charter_version
from outbox.communities.founding import create
from outbox.communities.invitations import accept_invitation, invite
from outbox.communities.joining import JoinRequest, accept_charter, join
from outbox.communities.leaving import leave
from outbox.communities.roles import set_role
from tests.eventually import eventually
from tests.outbox.communities.sample_community import list_told, make_key_pairs_once, write_draft
from tests.servers import RunningServer
from tests.stories.cooperatives import Cooperatives
from web.middlewares.work_signals import notify_work


@asynccontextmanager
async def acting(server: RunningServer) -> AsyncIterator[Connection]:
    """A transaction like that of a page: when it is committed, the worker is called."""
    async with transaction(server.instance.pool) as conn:
        yield conn
    await notify_work(server.instance.pool)


async def found_at(server: RunningServer, founder: Actor, name: str, **changes: object) -> Community:
    """A community founded there."""
    draft = replace(write_draft(**changes), username=name)
    async with acting(server) as conn:
        return await create(conn, server.instance.site, founder, draft, await make_key_pairs_once())


async def find_at(server: RunningServer, community: Community) -> Community:
    """The community as a server knows it."""
    async with transaction(server.instance.pool) as conn:
        found = await communities.find_by_uri(conn, community.uri)
    assert found is not None
    return found


async def find_held(server: RunningServer, community: Community, person: Actor) -> Membership | None:
    """How somebody stands with it, as this server knows it."""
    async with transaction(server.instance.pool) as conn:
        group, known = await actors.find_by_uri(conn, community.uri), await actors.find_by_uri(conn, person.uri)
        return None if group is None or known is None else await memberships.find(conn, group.id, known.id)


async def wait_for(
    server: RunningServer, community: Community, person: Actor, state: str, role: str = "member"
) -> None:
    """She stands so with it there."""

    async def so() -> bool:
        held = await find_held(server, community, person)
        return held is not None and (held.state, held.role, held.awaited) == (state, role, None)

    await eventually(so)


async def told(server: RunningServer, person: Actor) -> list[str]:
    """What she is told of, the newest first."""
    async with transaction(server.instance.pool) as conn:
        return await list_told(conn, person)


async def test_somebody_of_another_cooperative_asks_and_is_asked_again(cooperatives: Cooperatives) -> None:
    """Asked by a Join, let in by a manager; the new charter is asked of her; she says yes, and leaves."""
    lomme, henin = cooperatives.lomme, cooperatives.henin
    alice, bob = [one.actor for one in await cooperatives.add_members()]
    community = await found_at(lomme, alice, "remorques", access="on_request")
    await resolve_handle(henin.instance, f"@remorques@{lomme.host}")
    copy = await find_at(henin, community)
    assert (copy.access, copy.version, copy.local) == ("on_request", 1, False)

    async with acting(henin) as conn:
        await join(conn, henin.instance.site, bob, copy, JoinRequest(version=1, message="Bonjour"))
    await wait_for(lomme, community, bob, "asked")
    assert await told(lomme, alice) == ["community_asked"]
    there = await get_actor(lomme.instance, bob.uri)
    async with acting(lomme) as conn:
        await approve(conn, lomme.instance.site, alice, community, there)
    await wait_for(henin, community, bob, "member")

    new = NewCharter(version=2, text="1. Trois jours.", changes="Trois jours.", due_at=datetime.now(UTC) + timedelta(9))
    async with acting(lomme) as conn:
        await publish_charter_version(conn, lomme.instance.site, alice, community, new)

    async def asked_again() -> bool:
        return (await told(henin, bob))[:1] == ["community_charter"]

    await eventually(asked_again)
    assert (await find_at(henin, community)).version == 2
    async with acting(henin) as conn:
        await accept_charter(conn, henin.instance.site, bob, copy, 2)

    async def accepted() -> bool:
        held = [await find_held(server, community, bob) for server in (lomme, henin)]
        return all(one is not None and one.accepted_version == 2 and one.awaited is None for one in held)

    await eventually(accepted)
    async with acting(henin) as conn:
        await leave(conn, henin.instance.site, bob, copy)
    await wait_for(lomme, community, bob, "left")


async def test_a_hidden_community_invites_somebody_elsewhere_who_manages_it(cooperatives: Cooperatives) -> None:
    """Known there by the invitation alone; made manager, she lets in somebody who asks at the home."""
    lomme, henin = cooperatives.lomme, cooperatives.henin
    alice, bob = [one.actor for one in await cooperatives.add_members()]
    ines = (await lomme.add_member(await lomme.find_free_name("ines"))).actor
    community = await found_at(lomme, alice, "collectif", access="on_request", hidden=True)
    there = await get_actor(lomme.instance, bob.uri)

    async with acting(lomme) as conn:
        await invite(conn, lomme.instance.site, alice, community, there)
    await wait_for(henin, community, bob, "invited")
    copy = await find_at(henin, community)
    assert (copy.hidden, copy.name) == (True, "Remorques en commun")
    async with acting(henin) as conn:
        await accept_invitation(conn, henin.instance.site, bob, copy, 1)
    await wait_for(henin, community, bob, "member")
    async with acting(lomme) as conn:
        await set_role(conn, lomme.instance.site, alice, community, there, "manager")
    await wait_for(henin, community, bob, "member", "manager")

    async with acting(lomme) as conn:
        await communities.save(conn, community.actor_id, communities.CommunitySettings(access="on_request"))
        await join(conn, lomme.instance.site, ines, community, JoinRequest(version=1))
    await wait_for(henin, community, ines, "asked")
    asking = await get_actor(henin.instance, ines.uri)
    async with acting(henin) as conn:
        await approve(conn, henin.instance.site, bob, copy, asking)
    await wait_for(lomme, community, ines, "member")
    assert (await told(lomme, ines))[0] == "community_accepted"
