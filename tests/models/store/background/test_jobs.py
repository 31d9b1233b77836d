"""Jobs: as durable as the fact that caused them, tried again when they fail, never for ever."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import orjson
import pytest

from models.store.background import job_basics, job_queue, jobs
from models.store.background.chores import Periodic
from models.store.background.job_basics import Handler, JobSignal
from models.store.background.jobs import enqueue, run_jobs
from models.store.database import Connection, Pool, connection, fetch_column, fetch_value, open_pool, transaction
from tests.database_queries import count_jobs
from tests.eventually import eventually


@asynccontextmanager
async def worker(pool: Pool, handlers: Mapping[str, Handler], *periodic: Periodic) -> AsyncIterator[JobSignal]:
    """A worker that stops in an orderly way at the end of the block; nobody rings its signal but the block."""
    stopping, signal = asyncio.Event(), JobSignal()
    task = asyncio.create_task(run_jobs(pool, lambda: handlers, periodic, stopping, signal))
    try:
        yield signal
    finally:
        stopping.set()
        await asyncio.wait_for(task, 60)


class Recorder:
    """A handler that keeps what it was given, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.calls: asyncio.Queue[Any] = asyncio.Queue()

    async def __call__(self, payload: Any) -> None:
        await self.calls.put(payload)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the mail server is away")

    async def next(self) -> Any:
        return await asyncio.wait_for(self.calls.get(), 60)


@asynccontextmanager
async def listen_for_jobs(signal: JobSignal, pool: Pool) -> AsyncIterator[None]:
    """What is announced rings the signal."""
    async with connection(pool) as conn:

        def hear(_: object, __: int, ___: str, payload: object) -> None:
            signal.notify(orjson.loads(str(payload)))

        await conn.add_listener(job_basics.CHANNEL, hear)
        yield
        await conn.remove_listener(job_basics.CHANNEL, hear)


async def test_a_job_runs_with_its_payload_after_the_commit(pool: Pool) -> None:
    mail = Recorder()
    async with worker(pool, {"mail": mail}):
        async with transaction(pool) as conn:
            await enqueue(conn, "mail", {"to": 7})

        assert await mail.next() == {"to": 7}


async def test_a_worker_opens_no_connections_but_those_of_the_pool(pool: Pool, database_url: str) -> None:
    open_here = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> ALL($1::int[])"
    async with connection(pool) as conn:
        before = await fetch_column(conn, open_here, [])
    alone, ran = await open_pool(database_url, size=2), asyncio.Event()

    async def count(_: object) -> None:
        ran.set()

    async with transaction(pool) as enqueuing:
        await enqueue(enqueuing, "count")
    async with worker(alone, {"count": count}):
        await asyncio.wait_for(ran.wait(), 60)
        async with connection(alone) as conn:
            opened = await fetch_column(conn, open_here, before)

    assert len(opened) == alone.get_size() <= 2
    await alone.close()


async def test_an_announced_job_is_taken_at_once_and_another_when_it_is_looked_for(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "POLL_SECONDS", 3600.0)
    monkeypatch.setattr(job_queue, "POLL", timedelta(hours=1))
    mail = Recorder()
    async with worker(pool, {"mail": mail}) as signal, listen_for_jobs(signal, pool):
        async with transaction(pool) as conn:
            await enqueue(conn, "mail", 1)

        assert await mail.next() == 1


async def test_a_job_whose_fact_is_rolled_back_does_not_exist(pool: Pool) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction(pool) as conn:
            await enqueue(conn, "mail")
            raise ZeroDivisionError

    async with connection(pool) as conn:
        assert await count_jobs(conn) == 0


async def test_a_job_that_fails_is_tried_again(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_queue, "FIRST_DELAY", timedelta(0))
    monkeypatch.setattr(job_queue, "POLL", timedelta(seconds=0.1))
    mail = Recorder(failures=1)
    async with transaction(pool) as conn:
        await enqueue(conn, "mail", 1)

    async with worker(pool, {"mail": mail}):
        assert [await mail.next(), await mail.next()] == [1, 1]

    async with connection(pool) as conn:
        assert await count_jobs(conn) == 0


async def test_a_job_that_kills_its_worker_does_not_come_back_for_ever(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await enqueue(conn, "mail", 1)
        await enqueue(conn, "mail", 2)
        # What is left of the first after as many deaths as are allowed: picked, silent for long.
        await conn.execute(
            "UPDATE pgqueuer SET status = 'picked', attempts = 17, heartbeat = now() - interval '1 hour',"
            " queue_manager_id = gen_random_uuid() WHERE id = (SELECT min(id) FROM pgqueuer)"
        )
    mail = Recorder()

    async with worker(pool, {"mail": mail}):
        assert await mail.next() == 2

    async with connection(pool) as conn:
        assert await conn.fetchval("SELECT status::text FROM pgqueuer") == "failed"


async def test_a_job_of_a_worker_that_died_is_taken_again(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await enqueue(conn, "mail", 1)
        await conn.execute(
            "UPDATE pgqueuer SET status = 'picked', heartbeat = now() - interval '21 seconds',"
            " queue_manager_id = gen_random_uuid()"
        )
    mail = Recorder()

    async with worker(pool, {"mail": mail}):
        assert await mail.next() == 1


async def test_the_same_key_waits_once(conn: Connection) -> None:
    for _ in range(3):
        await enqueue(conn, "picture", 5, key="picture:5")

    assert await count_jobs(conn) == 1


async def test_once_there_is_nothing_to_do_the_queue_rests_until_a_job_comes(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_queue, "CALM_SECONDS", 0.05)
    starts, ends, run = asyncio.Queue[None](), asyncio.Queue[None](), job_queue.run_while_due

    async def count(*arguments: Any) -> None:
        starts.put_nowait(None)
        await run(*arguments)
        ends.put_nowait(None)

    monkeypatch.setattr(job_queue, "run_while_due", count)
    mail = Recorder()
    async with worker(pool, {"mail": mail}) as signal, listen_for_jobs(signal, pool):
        for number in (1, 2):
            async with transaction(pool) as conn:
                await enqueue(conn, "mail", number)
            assert await mail.next() == number
            await asyncio.wait_for(ends.get(), 60)

    assert starts.qsize() == 2


async def test_jobs_of_names_that_nobody_here_does_are_left_to_others(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await enqueue(conn, "of_a_later_version")

    assert await jobs.is_due(pool, None)
    assert not await jobs.is_due(pool, ["mail"])


async def test_old_traces_are_forgotten(conn: Connection) -> None:
    await conn.execute(
        "INSERT INTO pgqueuer_log (created, job_id, status, priority, entrypoint)"
        " VALUES (now() - interval '8 days', 1, 'successful', 0, 'mail'), (now(), 2, 'successful', 0, 'mail')"
    )

    assert await jobs.prune(conn) == 1


async def test_a_connection_keeps_no_statement_for_each_job_that_it_puts_in_the_queue(pool: Pool) -> None:
    count = "SELECT count(*) FROM pg_prepared_statements"
    async with transaction(pool) as conn:
        await enqueue(conn, "mail", 0)
        before = await fetch_value(conn, count)

        for number in range(1, 6):
            await enqueue(conn, "mail", number)

        assert await fetch_value(conn, count) <= before + 1  # the one that counts


async def test_what_is_kept_of_a_job_that_fails_is_an_object(pool: Pool) -> None:
    mail = Recorder(failures=1)
    async with worker(pool, {"mail": mail}):
        async with transaction(pool) as conn:
            await enqueue(conn, "mail", "bonjour")

        await mail.next()

        async def list_kinds() -> list[str]:
            async with connection(pool) as conn:
                kinds: list[str] = await fetch_column(
                    conn, "SELECT jsonb_typeof(traceback) FROM pgqueuer_log WHERE traceback IS NOT NULL"
                )
            return kinds

        await eventually(list_kinds)
        assert await list_kinds() == ["object"]
