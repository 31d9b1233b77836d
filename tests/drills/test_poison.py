"""Something that can never be done, or kills whoever tries, is set aside and seen; everything else goes on."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from federation.instance import Instance
from federation.vocabulary.activities.activities import Follow, Like
from inbox.posts.sets import reactions
from inbox.processing import dispatch
from inbox.processing.prepared import DEADLY
from inbox.processing.process import WAITS, process_due
from inbox.relations import new_follows
from models.settings import Settings
from models.store.background.jobs import enqueue
from models.store.database import Pool, connection, transaction
from models.traffic.dead_letters import list_set_aside
from tests.drills.ground import by_form
from tests.drills.report import report
from tests.factories import HERE, make_member, make_note
from tests.fediverse import FakeFediverse, Person
from tests.inbox.desk import Desk, later

FORKS = """
import asyncio, os, sys

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        asyncio.run(main(*sys.argv[1:], line.strip()))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print("ended", os.waitstatus_to_exitcode(status), flush=True)
"""
"""After what defines `main`: a process for each line of input, which finds everything imported, and how it ended."""

WORKER = """
import asyncio, os, sys
from datetime import timedelta
from models.store.background import job_queue, jobs
from models.store.database import connection, open_pool
from tests.database_queries import count_jobs

job_queue.ATTEMPTS = 2
job_queue.FIRST_DELAY = timedelta(0)
job_queue.POLL = timedelta(seconds=0.1)
job_queue.SILENT = jobs.SILENT = timedelta(seconds=0.5)
jobs.POLL_SECONDS = 0.1

async def work(payload):
    if payload == "deadly":
        os._exit(9)
    if payload == "poison":
        raise RuntimeError("this never works")
    await asyncio.sleep(0.1)
    print("done", payload, flush=True)

async def main(url, _):
    stopping = asyncio.Event()
    pool = await open_pool(url)
    running = asyncio.create_task(jobs.run_jobs(pool, lambda: {"drill": work}, [], stopping))
    while not running.done():
        async with connection(pool) as conn:
            if not await count_jobs(conn):
                break
        await asyncio.sleep(0.05)
    stopping.set()
    await running
    await pool.close()
"""
"""A worker that ends when no job is left; `deadly` takes it along as the kernel does when memory runs out."""


@pytest.fixture
def desk(pool: Pool, tmp_path: Path) -> Desk:
    """Our server among fake ones."""
    fediverse = FakeFediverse()
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=fediverse)
    return Desk(instance=instance, fediverse=fediverse)


async def meet_people(desk: Desk, number: int) -> list[Person]:
    """So many people of as many servers, known for long."""
    people = [desk.fediverse.add_person(f"user{one}", f"host{one}.test") for one in range(number)]
    async with connection(desk.instance.pool) as conn:
        for one in range(number):
            await conn.execute(
                "INSERT INTO server (host, first_seen_at) VALUES ($1, now() - interval '8 days')", f"host{one}.test"
            )
    return people


@pytest.mark.parametrize(("kind", "module"), [(Like, reactions), (Follow, new_follows)])
async def test_d16_an_activity_that_always_breaks_is_set_aside_and_the_others_pass(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, kind: type[Any], module: Any
) -> None:
    works, tries = dispatch.HANDLERS[kind], 0

    async def break_on_poison(*arguments: Any) -> None:
        nonlocal tries
        if any(isinstance(one, kind) and one.id.endswith("poison") for one in arguments):
            tries += 1
            raise RecursionError("maximum recursion depth exceeded")
        await works(*arguments)

    decide, tried_together = module.decide, 0

    def break_together(arrival: Any) -> Any:
        nonlocal tried_together
        if arrival.sent.activity.id.endswith("poison"):
            tried_together += 1
            raise RecursionError("maximum recursion depth exceeded")
        return decide(arrival)

    monkeypatch.setitem(dispatch.HANDLERS, kind, break_on_poison)
    monkeypatch.setattr(module, "decide", break_together)
    async with transaction(desk.instance.pool) as conn:
        alice = await make_member(conn)
        about = (await make_note(conn, alice)).uri if kind is Like else alice.uri
    people = await meet_people(desk, by_form(20, 200))
    for person in people:
        if person is people[3]:
            await desk.post(person, desk.activity(person, kind.__name__, about, id=f"{person.uri}/poison"))
        await desk.post(person, desk.activity(person, kind.__name__, about))

    processed = await process_due(desk.instance)
    kept = await desk.value("SELECT (SELECT count(*) FROM favourite) + (SELECT count(*) FROM follow)")
    at = later()
    for wait in WAITS:
        at += wait
        await process_due(desk.instance, at)
    set_aside = await desk.row("SELECT state, attempts, error FROM received WHERE activity_uri LIKE '%poison'")

    report("D16 poisoned activity", processed=processed, kept_meanwhile=kept, tries=tries)
    assert kept == len(people), "nobody waits behind it, not even its own sender"
    assert tries == set_aside["attempts"] == len(WAITS) + 1
    assert tried_together >= 1, "it was among others first"
    assert (set_aside["state"], set_aside["error"]) == ("failed", "RecursionError: maximum recursion depth exceeded")
    assert await process_due(desk.instance, later(days=30)) == 0, "it does not come back"
    async with connection(desk.instance.pool) as conn:
        [seen] = await list_set_aside(conn)
    assert (seen.what, seen.host) == (kind.__name__, "host3.test")


class Forks:
    """Processes that come into being one after the other, each with everything imported."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def run(self, argument: object = "") -> tuple[int, list[str]]:
        """Let one run to its end: its exit status, 9 where it died of what it did, and what it printed."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{argument}\n".encode())
        printed: list[str] = []
        async with asyncio.timeout(60):
            while line := (await self._process.stdout.readline()).decode().strip():
                if line.startswith("ended "):
                    return int(line.removeprefix("ended ")), printed
                printed.append(line)
        raise AssertionError(f"it ended without a word after {printed}")


@asynccontextmanager
async def forking(source: str, *arguments: str) -> AsyncIterator[Forks]:
    """Where they come from: `source` defines what each of them does, given `arguments` and one of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", source + FORKS, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield Forks(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def test_d16_jobs_that_raise_or_kill_are_given_up_and_no_other_job_with_them(
    pool: Pool, database_url: str
) -> None:
    innocent = [f"job{number}" for number in range(by_form(6, 30))]
    async with transaction(pool) as conn:
        for payload in ("deadly", *innocent[:3], "poison", *innocent[3:]):
            await enqueue(conn, "drill", payload)

    deaths, done = 0, list[str]()
    async with forking(WORKER, database_url) as workers:
        while True:
            status, did = await workers.run()
            done += [line.split()[1] for line in did if line.startswith("done ")]
            if status == 0:
                break
            assert status == 9
            deaths += 1
            assert deaths < 20, "it comes back for ever"
    failed = await pool.fetch("SELECT convert_from(payload, 'UTF8') AS payload FROM pgqueuer WHERE status = 'failed'")

    async with connection(pool) as conn:
        seen = await list_set_aside(conn)

    report("D16 deadly job", deaths=deaths, done=len(set(done)), set_aside=len(failed))
    assert set(done) == set(innocent)
    assert sorted(row["payload"] for row in failed) == ['"deadly"', '"poison"']
    assert [one.what for one in seen] == ["drill", "drill"]


PROCESSOR = """
import asyncio, os, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from federation.instance import Instance
from federation.vocabulary.activities.activities import Follow, Like
from inbox.posts.sets import reactions
from inbox.processing import dispatch
from inbox.processing.process import process_due
from models.store.database import open_pool
from models.settings import Settings
from tests.factories import HERE
from tests.fediverse import FakeFediverse

works = dispatch.HANDLERS[Like]

async def die_of_some(conn, site, sender, activity):
    if activity.id.endswith("deadly"):
        os._exit(9)
    await works(conn, site, sender, activity)

decide = reactions.decide

def die_among_others(arrival):
    if arrival.sent.activity.id.endswith("deadly"):
        os._exit(9)
    return decide(arrival)

dispatch.HANDLERS[Like] = die_of_some
reactions.decide = die_among_others

async def main(url, data, minutes):
    pool = await open_pool(url)
    settings = Settings(url=HERE.url, data=Path(data))
    instance = Instance(site=HERE, settings=settings, pool=pool, transport=FakeFediverse())
    await process_due(instance, datetime.now(UTC) + timedelta(minutes=int(minutes)))
    await pool.close()
"""
"""A worker that is killed by `deadly` activities, as the kernel does when memory runs out."""


async def test_d16_an_activity_that_kills_the_worker_is_set_aside_and_no_other_with_it(
    desk: Desk, database_url: str, tmp_path: Path
) -> None:
    async with transaction(desk.instance.pool) as conn:
        alice = await make_member(conn)
        note = await make_note(conn, alice)
    people = await meet_people(desk, by_form(20, 200))
    for person in people:
        if person is people[3]:
            await desk.post(person, desk.activity(person, "Like", note.uri, id=f"{person.uri}/deadly"))
        await desk.post(person, desk.activity(person, "Like", note.uri))

    deaths, likes_after = 0, list[int]()
    async with forking(PROCESSOR, database_url, str(tmp_path)) as processors:
        while status := (await processors.run(deaths))[0]:  # so many minutes from now
            assert status == 9
            deaths += 1
            likes_after.append(await desk.value("SELECT count(*) FROM favourite"))
            assert deaths < 20, "it comes back for ever"
    rows = await desk.instance.pool.fetch("SELECT state, error FROM received WHERE activity_uri LIKE '%deadly'")
    async with connection(desk.instance.pool) as conn:
        seen = await list_set_aside(conn)

    report("D16 deadly activity", deaths=deaths, likes=len(people), likes_after_deaths=likes_after)
    assert deaths == DEADLY
    assert await desk.value("SELECT count(*) FROM favourite") == len(people)
    assert [tuple(row) for row in rows] == [("failed", "Whoever processes this dies of it.")]
    assert await desk.value("SELECT count(*) FROM received WHERE state = 'done'") == len(people)
    assert [(one.what, one.host) for one in seen] == [("Like", "host3.test")]
