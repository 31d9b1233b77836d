"""Either server is killed at any moment and started again: nothing is lost, and nothing arrives twice."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp

from federation.discovery.remote import resolve_handle
from models.listings.listings import ListingDraft
from models.people import actors
from models.store.database import connection, transaction
from outbox.listings import listings
from outbox.relations import follows
from tests.drills.ground import LONG
from tests.elapsing import pass_seconds
from tests.eventually import eventually
from tests.servers import Member, RunningServer, ServerProcess, founded_process
from tests.web.warm_commands import WarmCommands
from web.middlewares.work_signals import notify_work

BETWEEN = 60
"""Seconds that go by when both are up again: more than a claim of the dead and the first pause before a retry.

In the long form they are waited for.
"""


async def publish(server: RunningServer, author: Member, title: str) -> str:
    """A new offer; its id."""
    draft = ListingDraft(kind="offer", mode="loan", title=title, place_name="Lomme", postcode="59160")
    async with transaction(server.instance.pool) as conn:
        return (await listings.publish(conn, server.instance.site, author.actor, draft)).uri


async def run(server: ServerProcess, *arguments: str) -> str:
    """A command that succeeds; what it prints."""
    status, out, err = await server.run(*arguments)
    assert status == 0, err
    return out.strip()


async def follow_offers(server: RunningServer, other: RunningServer) -> None:
    """Everybody here follows the offers over there."""
    offers = await resolve_handle(server.instance, f"@offres@{other.host}")
    async with transaction(server.instance.pool) as conn:
        for name in ("coop", "bob"):
            await follows.follow(conn, server.instance.site, await actors.get_local(conn, name), offers)
    await notify_work(server.instance.pool)
    sql = "SELECT count(*) = 2 FROM follow WHERE state = 'accepted'"
    await eventually(lambda: server.instance.pool.fetchval(sql))


async def read(server: ServerProcess, member: Member, path: str) -> list[dict[str, Any]]:
    """What a client of Bob's reads."""
    async with (
        aiohttp.ClientSession(headers=member.headers) as session,
        session.get(f"{server.url}/api/v1/{path}") as answer,
    ):
        assert answer.status == 200
        found: list[dict[str, Any]] = await answer.json()
        return found


async def test_what_was_published_while_servers_were_killed_is_everywhere_once(
    commands: WarmCommands, furnished_url: str, tmp_path: Path
) -> None:
    async with (
        # On a PostgreSQL of its own, which outlives it.
        founded_process("lomme", tmp_path / "lomme", commands=commands) as (lomme, here),
        founded_process("henin", tmp_path / "henin", furnished_url, commands=commands) as (henin, there),
    ):
        alice, bob = await here.add_member("alice"), await there.add_member("bob")
        await follow_offers(there, here)

        published = [await publish(here, alice, "Tente")]
        await notify_work(here.instance.pool)
        await henin.kill()  # while the first is on its way
        published.append(await publish(here, alice, "Perceuse"))
        await notify_work(here.instance.pool)
        await lomme.kill()  # while it waits for Hénin
        # A command writes to the database; nobody delivers.
        ladder = ("publish", "offer", "--as", "alice", "--title", "Échelle", "--place", "59160 Lomme")
        published.append(await run(lomme, *ladder))
        await asyncio.gather(lomme.start(), henin.start())
        async with transaction(here.instance.pool) as conn:
            await listings.close(conn, here.instance.site, alice.actor, published[0], "done")
        await notify_work(here.instance.pool)
        await henin.kill()
        await henin.start()
        for server in () if LONG else (here, there):
            async with connection(server.instance.pool) as conn:
                await pass_seconds(conn, BETWEEN)
            await notify_work(server.instance.pool)

        async def everything() -> list[dict[str, Any]] | None:
            found = await read(henin, bob, "timelines/public?remote=true&limit=40")
            closed = any("Pourvu" in status["content"] for status in found)
            return found if closed and {status["uri"] for status in found} >= set(published) else None

        seen = await eventually(everything, within=120)
        home = await read(henin, bob, "timelines/home?limit=40")

    assert Counter(status["uri"] for status in seen) == Counter(published)
    assert Counter(status["reblog"]["uri"] for status in home) == Counter(published)
