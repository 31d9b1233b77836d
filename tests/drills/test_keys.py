"""Keys are made anew while posts leave: a peer that kept the old one looks once more, and gets everything."""

import asyncio

from federation.discovery.remote import resolve_handle
from federation.own_keys.key_pairs import make_key_pairs
from models.people import actors
from models.store.database import transaction
from outbox.people.keys import rotate
from outbox.posts.notes import NoteDraft, publish
from outbox.relations import follows as outbox_follows
from tests.drills.ground import by_form
from tests.drills.report import report
from tests.eventually import eventually
from tests.servers import RunningServer
from tests.stories.conftest import MakeServer
from web.middlewares.work_signals import notify_work


async def count_posts(server: RunningServer) -> int:
    """How many posts of others are here."""
    found: int = await server.instance.pool.fetchval("SELECT count(*) FROM post WHERE NOT local")
    return found


async def test_d14_keys_made_anew_under_load_cost_a_peer_one_look(make_server: MakeServer) -> None:
    lomme, henin = await make_server("lomme"), await make_server("henin")
    alice, bob = await lomme.add_member("alice"), await henin.add_member("bob")
    followed = await resolve_handle(henin.instance, f"@alice@{lomme.host}")
    async with transaction(henin.instance.pool) as conn:
        await outbox_follows.follow(conn, henin.instance.site, bob.actor, followed)
    await notify_work(henin.instance.pool)

    async def is_follower() -> bool:
        return bool(await lomme.instance.pool.fetchval("SELECT EXISTS (SELECT FROM follow WHERE state = 'accepted')"))

    await eventually(is_follower)
    await henin.instance.pool.execute("UPDATE public_key SET fetched_at = now() - interval '1 day'")
    number = by_form(30, 300)
    pairs = await make_key_pairs(lomme.instance.settings)
    for turn in range(number):
        async with transaction(lomme.instance.pool) as conn:
            author = await actors.get_local(conn, "alice")
            await publish(conn, lomme.instance.site, author, NoteDraft(text=f"note {turn}", audience="network"))
            if turn == number // 2:
                await rotate(conn, lomme.instance.site, author, pairs)
        await notify_work(lomme.instance.pool)
        await asyncio.sleep(0)

    async def everything() -> bool:
        return await count_posts(henin) == number

    await eventually(everything, within=60)
    tries = await lomme.instance.pool.fetchval("SELECT max(attempts) FROM delivery")
    report("D14 keys made anew", posts=number, most_tries=tries)
    assert await lomme.instance.pool.fetchval("SELECT count(*) FROM delivery WHERE state = 'failed'") == 0
    assert tries <= 2
    assert alice.actor.id == author.id
