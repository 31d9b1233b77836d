"""PostgreSQL fails: nobody gets a page of errors, nothing is half, and everything goes on by itself."""

import asyncio
import os
import signal
from pathlib import Path

import aiohttp

from models.store.database import transaction
from models.store.postgres.cluster import find_cluster, find_postmaster
from tests.drills.ground import by_form, ground
from tests.drills.report import report
from tests.eventually import eventually
from tests.servers import running_server, wait_for_answer
from tests.stories.outage import make_line
from tests.web.warm_commands import WarmCommands

ALLOWED = {0, 200, 503}
"""No answer at all, yes, or: please again later."""


async def test_d04_a_database_that_stops_at_once_costs_only_time(commands: WarmCommands, tmp_path: Path) -> None:
    async with ground(tmp_path, authors=1, name="d04", commands=commands) as here:
        before = await here.post_many("author0", ["avant"])
        postmaster = find_postmaster(find_cluster(tmp_path / "data"))
        assert postmaster is not None
        os.kill(postmaster, signal.SIGQUIT)  # what `pg_ctl stop -m immediate` sends
        meanwhile = await here.post_many("author0", ["pendant"])
        async with aiohttp.ClientSession() as session, session.post(f"{here.server.url}/inbox", data=b"{}") as answer:
            assert answer.status in {400, 415, 503}
        await wait_for_answer(f"{here.server.url}/readyz")
        await here.outlive_claims()
        after = await here.post_many("author0", ["après"])
        verdict = await here.settle()

    report("D4 database stopped at once", verdict)
    assert (before, after) == ([200], [200])
    assert set(meanwhile) <= ALLOWED
    assert verdict.lost == 0


async def test_d04_connections_that_are_closed_again_and_again_leave_nothing_behind(
    commands: WarmCommands, furnished_url: str, tmp_path: Path
) -> None:
    async with ground(tmp_path, furnished_url, authors=2, name="d04 b", commands=commands) as here:
        conn = await here.connect()
        each = by_form(15, 150)
        writing = [
            asyncio.create_task(here.post_many(author, [f"{author} {number}" for number in range(each)]))
            for author in here.tokens
        ]
        rounds = 0
        while not all(task.done() for task in writing):
            await conn.execute(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE pid <> pg_backend_pid() AND datname = current_database() AND backend_type = 'client backend'
                """
            )
            rounds += 1
            await asyncio.wait(writing, timeout=0.5)
        statuses = {status for task in writing for status in task.result()}
        await wait_for_answer(f"{here.server.url}/readyz")
        await here.outlive_claims()
        verdict = await here.settle()
        open_ones = await conn.fetchval("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        await conn.close()

    report("D4 connections closed", verdict, rounds=rounds, told=len(here.known), connections=open_ones)
    assert statuses <= ALLOWED
    assert verdict.lost == 0
    assert open_ones < 40


async def test_d05_a_commit_whose_outcome_is_unknown_makes_one_post(furnished_url: str, tmp_path: Path) -> None:
    sockets = tmp_path / "s"
    sockets.mkdir()
    line, url = make_line(furnished_url, sockets)
    await line.mend()
    async with (
        running_server("lomme", url, tmp_path / "lomme") as server,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session,
    ):
        alice = await server.add_member("alice")
        headers = {"Authorization": f"Bearer {alice.token}", "Idempotency-Key": "une fois"}
        post = {"status": "Une seule fois"}
        line.marker = b"INSERT INTO activity"
        async with session.post(f"{server.instance.site.url}/api/v1/statuses", json=post, headers=headers) as first:
            broken = first.status

        async def again() -> str | None:
            address = f"{server.instance.site.url}/api/v1/statuses"
            async with session.post(address, json=post, headers=headers) as answer:
                return (await answer.json())["uri"] if answer.status == 200 else None

        uri = await eventually(again, within=30)
        async with transaction(server.instance.pool) as conn:
            kept = await conn.fetchval("SELECT count(*) FROM post WHERE uri = $1", uri)
            every = await conn.fetchval("SELECT count(*) FROM post WHERE local")
            activities = await conn.fetchval("SELECT count(*) FROM activity WHERE type = 'Create'")

    report("D5 connection lost at COMMIT", first_answer=broken, posts=every)
    assert broken == 503
    assert (kept, every, activities) == (1, 1, 1)
