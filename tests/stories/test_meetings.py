"""A repair café across two whole cooperatives: the last seat asked for at both, moved, left, remembered."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from federation.discovery.remote import fetch_actor
from models import posts
from models.meetings import meetings, registrations
from models.meetings.meetings import FullMeeting
from models.meetings.registrations import Wish
from models.people import actors
from models.people.actors import Actor
from models.store.database import fetch_column, fetch_value, transaction
from outbox.meetings import chores
from outbox.meetings.meetings import edit, publish, withdraw
from outbox.meetings.registrations import leave, register
from outbox.relations.follows import follow
from tests.eventually import eventually
from tests.outbox.meetings.sample_meetings import NOON, make_draft
from tests.servers import RunningServer
from tests.stories.cooperatives import Cooperatives
from tests.stories.peer import activity, note
from tests.stories.test_communities import acting
from tests.stories.world import World


async def announce(server: RunningServer, **changes: object) -> FullMeeting:
    """The cooperative there announces a repair café."""
    async with acting(server) as conn:
        return await publish(conn, server.instance.site, await actors.get_local(conn, "coop"), make_draft(**changes))


async def follow_coop(there: RunningServer, person: Actor, here: RunningServer) -> None:
    """She follows the cooperative of the other server."""
    async with transaction(here.instance.pool) as conn:
        uri = (await actors.get_local(conn, "coop")).uri
    coop = await fetch_actor(there.instance, uri)
    async with acting(there) as conn:
        await follow(conn, there.instance.site, person, coop)
    state = "SELECT state = 'accepted' FROM follow WHERE follower_id = $1 AND followed_id = $2"
    await eventually(lambda: there.instance.pool.fetchval(state, person.id, coop.id))


async def find_copy(server: RunningServer, full: FullMeeting) -> int:
    """Its row there, once it has come."""

    async def find() -> int | None:
        async with transaction(server.instance.pool) as conn:
            post = await posts.find_by_uri(conn, full.listing.uri)
            return post.id if post is not None and await meetings.find(conn, post.id) is not None else None

    return await eventually(find)


async def ask(server: RunningServer, person: Actor, meeting_id: int) -> None:
    async with acting(server) as conn:
        await register(conn, server.instance.site, person, meeting_id, Wish())


def stands(server: RunningServer, person: Actor, *states: str) -> Callable[[], Awaitable[str | None]]:
    """How she stands with the one meeting that she asked for, once it is one of these."""

    async def find() -> str | None:
        async with transaction(server.instance.pool) as conn:
            known = await actors.find_by_uri(conn, person.uri)
            held = await registrations.list_of_actor(conn, known.id, since=datetime.now(UTC)) if known else []
        return held[0].state if held and held[0].state in states else None

    return find


def is_told(server: RunningServer, person: Actor, words: str) -> Callable[[], Awaitable[bool]]:
    """Whether a private message with these words reached her."""
    sql = """
        SELECT EXISTS (SELECT FROM post p JOIN mention m ON m.post_id = p.id
            WHERE m.actor_id = $1 AND p.audience = 'direct' AND p.source LIKE '%' || $2 || '%')
    """

    async def look() -> bool:
        return bool(await server.instance.pool.fetchval(sql, person.id, words))

    return look


async def test_the_last_seat_is_asked_for_at_both_at_once_moved_left_and_remembered(cooperatives: Cooperatives) -> None:
    """One gets it and one stands first in line, at both servers alike; each change reaches who registered."""
    lomme, henin = cooperatives.lomme, cooperatives.henin
    alice, bob = [one.actor for one in await cooperatives.add_members()]
    await follow_coop(henin, bob, lomme)
    full = await announce(lomme, capacity=1)
    copy = await find_copy(henin, full)

    await asyncio.gather(ask(lomme, alice, full.id), ask(henin, bob, copy))

    of_bob = await eventually(stands(henin, bob, "seat", "waiting"))
    of_alice = await eventually(stands(lomme, alice, "seat", "waiting"))
    assert {of_alice, of_bob} == {"seat", "waiting"}
    assert await eventually(stands(lomme, bob, "seat", "waiting")) == of_bob

    async with acting(lomme) as conn:
        coop = await actors.get_local(conn, "coop")
        moved = make_draft(capacity=1, begins_at=NOON + timedelta(days=12), ends_at=NOON + timedelta(days=12, hours=2))
        await edit(conn, lomme.instance.site, coop, full.id, moved)
    await eventually(is_told(lomme, alice, "Cela change"))
    await eventually(is_told(henin, bob, "Cela change"))

    seated, waiting = ((lomme, alice, full.id), (henin, bob, copy))
    if of_bob == "seat":
        seated, waiting = waiting, seated
    server, person, id = seated
    async with acting(server) as conn:
        await leave(conn, server.instance.site, person, id)
    server, person, _ = waiting
    assert await eventually(stands(server, person, "seat")) == "seat"

    assert await chores.remind_due(server.instance, at=NOON + timedelta(days=11)) == 1
    await eventually(is_told(server, person, "À bientôt"))

    async with acting(lomme) as conn:
        await withdraw(conn, lomme.instance.site, coop, full.id)
    await eventually(is_told(server, person, "n’aura pas lieu"))
    gone = "SELECT deleted_at IS NOT NULL FROM post WHERE uri = $1"
    await eventually(lambda: henin.instance.pool.fetchval(gone, full.listing.uri))


async def test_somebody_on_a_mastodon_comes_and_stays_away_by_words(world: World) -> None:
    """A private answer to the meeting is a seat, and the organiser answers in words, at her server."""
    here = world.door.here
    full = await announce(here)
    coop = full.listing.uri.partition("/items/")[0]
    sent = "SELECT count(*) FROM activity a WHERE a.body LIKE '%' || $1 || '%' AND a.type = 'Create'"

    for words, state, answer in (
        ("je viens !", "seat", "Votre place est gardée"),
        ("je ne viens plus", "cancelled", "vous ne venez pas"),
    ):
        mention = {"type": "Mention", "href": coop, "name": f"@coop@{here.host}"}
        said = note(world.bob, to=[coop], cc=[], content=f"<p>@coop {words}</p>", tag=[mention])
        said |= {"inReplyTo": full.listing.uri}
        assert await world.door.send(world.bob, activity(world.bob, "Create", said)) == 202
        await world.door.settle()
        async with transaction(here.instance.pool) as conn:
            states = "SELECT r.state FROM meeting_registration r JOIN actor a ON a.id = r.actor_id WHERE a.uri = $1"
            assert await fetch_column(conn, states, world.bob.uri) == [state]
            assert await fetch_value(conn, sent, answer) == 1
    await eventually(_was_written_to(world))


def _was_written_to(world: World) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return any(one.startswith("POST ") for one in world.peer.asked)

    return look
