"""Two running cooperatives meet: a tap on each side, and both follow each other and are friends, until one ends it."""

from functools import partial

from models.people import actors
from models.servers import friendships, trust_levels
from models.servers.friendships import FriendshipState
from models.store.database import connection
from outbox.servers import friendships as verbs
from tests.eventually import eventually
from tests.servers import RunningServer
from tests.stories.cooperatives import Cooperatives
from tests.stories.test_appointments import acting
from web.actions.follow_by_address import follow_address, propose_friendship, unfollow_host
from web.middlewares.work_signals import notify_work


async def tap(server: RunningServer, other: RunningServer) -> None:
    """« Suivre en retour et devenir amies », as the page does it."""
    async with connection(server.instance.pool) as conn:
        ours = await actors.get_local(conn, "coop")
    await follow_address(server.instance, ours, "", host=other.host)
    team = await server.add_member("equipe")
    await propose_friendship(server.instance, {other.host}, by=team.actor.id)
    await notify_work(server.instance.pool)


async def stands(server: RunningServer, other: RunningServer, state: FriendshipState | None) -> bool:
    """Whether it is so far between the two, by this one."""
    async with connection(server.instance.pool) as conn:
        held = await friendships.find_on_host(conn, other.host)
    return (held.state if held else None) == state


async def follows(server: RunningServer, other: RunningServer) -> bool:
    """Whether its cooperative follows the other's streams, which let it."""
    return bool(
        await server.instance.pool.fetchval(
            """
            SELECT bool_and(f.state = 'accepted') FROM follow f JOIN actor ours ON ours.id = f.follower_id
            JOIN actor theirs ON theirs.id = f.followed_id
            WHERE ours.local AND ours.username = 'coop' AND theirs.host = $1
            """,
            other.host,
        )
    )


async def test_two_cooperatives_are_linked_both_ways_by_one_tap_on_each_side(cooperatives: Cooperatives) -> None:
    lomme, henin = cooperatives.lomme, cooperatives.henin

    await tap(lomme, henin)
    await eventually(lambda: stands(henin, lomme, "asked"))
    await tap(henin, lomme)

    for server, other in ((lomme, henin), (henin, lomme)):
        await eventually(partial(stands, server, other, "confirmed"))
        await eventually(partial(follows, server, other))
        async with connection(server.instance.pool) as conn:
            decided = await trust_levels.find(conn, other.host)
        assert decided is not None and decided.level == "friend"

    async with acting(lomme) as conn:
        held = await friendships.find_on_host(conn, henin.host)
        assert held is not None
        await verbs.end(conn, lomme.instance.site, await actors.get(conn, held.actor_id))
    await eventually(lambda: stands(henin, lomme, "ended"))
    await leave_as_they_were(henin, lomme)


async def leave_as_they_were(henin: RunningServer, lomme: RunningServer) -> None:
    """Other stories go on with the two as they met them."""
    for server, other in ((henin, lomme), (lomme, henin)):
        async with connection(server.instance.pool) as conn:
            ours, held = await actors.get_local(conn, "coop"), await friendships.find_on_host(conn, other.host)
        await unfollow_host(server.instance, ours, other.host)
        async with acting(server) as conn:
            if held is not None:
                await verbs.settle_end(conn, await actors.get(conn, held.actor_id), keep=False)
