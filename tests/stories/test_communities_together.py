"""Two whole cooperatives hold a community together: it moves, or opens anew, and members are asked, never moved."""

from federation.discovery.fetches import fetch_actor, get_actor
from federation.discovery.remote import resolve_handle
from models.communities import holders
from models.communities.communities import Community
from models.people.actors import Actor
from models.store.database import execute
from outbox.communities.invitations import accept_invitation
from outbox.communities.joining import JoinRequest, join
from outbox.communities.roles import set_role
from outbox.communities.together.holding import answer_holding, ask_to_hold
from outbox.communities.together.keeping import keep
from outbox.communities.together.moving import move, open_anew
from tests.eventually import eventually
from tests.outbox.communities.sample_community import make_key_pairs_once
from tests.stories.cooperatives import Cooperatives
from tests.stories.test_communities import acting, find_at, find_held, found_at, told, wait_for


async def _hold(cooperatives: Cooperatives, name: str) -> tuple[Community, Actor, Actor, Actor]:
    """A community of Lomme that Bob of Hénin-Carvin manages too, held by both; Ines agreed to be known there."""
    lomme, henin = cooperatives.lomme, cooperatives.henin
    alice, bob = [one.actor for one in await cooperatives.add_members()]
    ines = (await lomme.add_member(await lomme.find_free_name("ines"))).actor
    mona = (await henin.add_member(await henin.find_free_name("mona"), roles=["moderator"])).actor
    community = await found_at(lomme, alice, name, access="open")
    await resolve_handle(henin.instance, f"@{name}@{lomme.host}")
    copy = await find_at(henin, community)
    async with acting(henin) as conn:
        await join(conn, henin.instance.site, bob, copy, JoinRequest(version=1))
    await wait_for(henin, community, bob, "member")
    there, coop = await get_actor(lomme.instance, bob.uri), await get_actor(lomme.instance, f"{henin.url}/users/coop")
    async with acting(lomme) as conn:
        await join(conn, lomme.instance.site, ines, community, JoinRequest(version=1))
        await keep(conn, lomme.instance.site, ines, community, yes=True)
        await set_role(conn, lomme.instance.site, alice, community, there, "manager")
        await ask_to_hold(conn, lomme.instance.site, alice, community, coop)
    await wait_for(henin, community, bob, "member", "manager")

    async def asked() -> bool:
        return "community_hold_asked" in await told(henin, mona)

    await eventually(asked)
    async with acting(henin) as conn:
        await answer_holding(conn, henin.instance.site, mona, copy, yes=True)

    async def held() -> bool:
        return (await find_at(lomme, community)).held_with == [coop.uri] and "community_hold_answered" in await told(
            lomme, alice
        )

    await eventually(held)
    await wait_for(henin, community, ines, "member")
    return community, alice, bob, ines


async def test_a_manager_moves_it_and_members_are_asked(cooperatives: Cooperatives) -> None:
    lomme, henin = cooperatives.lomme, cooperatives.henin
    community, alice, bob, ines = await _hold(cooperatives, "atelier")
    copy = await find_at(henin, community)
    async with acting(henin) as conn:
        made = await open_anew(conn, henin.instance.site, bob, copy, "atelier_henin", await make_key_pairs_once())
    assert await find_held(henin, made, ines) is None, "while the home answers, its manager says so first"

    target = await fetch_actor(lomme.instance, made.uri, fresh=True)
    async with acting(lomme) as conn:
        closed = await move(conn, lomme.instance.site, alice, community, target)
    assert closed.ended_at is not None
    await wait_for(lomme, made, ines, "invited")
    assert "community_moved" in await told(lomme, ines)
    assert await find_held(lomme, made, alice) is None, "she did not agree to be known there, and was told"
    assert "community_moved" in await told(lomme, alice)
    assert (await find_at(henin, community)).ended_at is not None

    there = await find_at(lomme, made)
    async with acting(lomme) as conn:
        await accept_invitation(conn, lomme.instance.site, ines, there, 1)
    await wait_for(henin, made, ines, "member")


async def test_where_the_home_is_gone_it_opens_anew_from_the_copy(cooperatives: Cooperatives) -> None:
    lomme, henin = cooperatives.lomme, cooperatives.henin
    community, _, bob, ines = await _hold(cooperatives, "grange")
    copy = await find_at(henin, community)
    async with acting(henin) as conn:
        await execute(
            conn,
            "UPDATE server SET unavailable_since = now() - interval '15 days' WHERE host = $1",
            lomme.host,
        )
        made = await open_anew(conn, henin.instance.site, bob, copy, "grange_henin", await make_key_pairs_once())
        held = [one.state for one in await holders.list_ours(conn) if one.community_id == copy.actor_id]
        await execute(conn, "UPDATE server SET unavailable_since = NULL WHERE host = $1", lomme.host)
    assert held == ["held"]
    ended = await find_at(henin, community)
    assert ended.ended_at is not None
    invited = await find_held(henin, made, ines)
    assert invited is not None and invited.state == "invited"
