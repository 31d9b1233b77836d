"""Chores: done at their times by one of all workers, whatever becomes of the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from models.store.background import chores, periodic_tasks
from models.store.background.chore_times import find_next, read_times
from models.store.background.chores import Periodic, run_chores
from models.store.database import Pool, connection, fetch_column, transaction
from tests.eventually import eventually

FRESH = (
    "SELECT name FROM (SELECT entrypoint AS name FROM pgqueuer_schedules WHERE heartbeat > now() - interval '9 s') a"
)

AT = datetime(2026, 11, 29, 18, 7, 30, tzinfo=UTC)


@asynccontextmanager
async def doing(pool: Pool, *periodic: Periodic) -> AsyncIterator[asyncio.Queue[None]]:
    """A worker for which these are due now; what it says when some have ended."""
    stopping, ended = asyncio.Event(), asyncio.Queue[None]()
    async with transaction(pool) as conn:
        await chores.schedule(conn, periodic)
        await conn.execute("UPDATE pgqueuer_schedules SET next_run = now() - interval '1 second'")
    task = asyncio.create_task(run_chores(pool, periodic, stopping, lambda: ended.put_nowait(None)))
    try:
        yield ended
    finally:
        stopping.set()
        await asyncio.wait_for(task, 60)


async def list_states(pool: Pool) -> list[str]:
    async with connection(pool) as conn:
        return await fetch_column(conn, "SELECT entrypoint || ' ' || status FROM pgqueuer_schedules ORDER BY 1")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("* * * * *", "29 18:08"),
        ("*/5 * * * *", "29 18:10"),
        ("7 * * * *", "29 19:07"),
        ("1-59/10 8-20 * * *", "29 18:11"),
        ("17 2 * * *", "30 02:17"),
        ("25 17 * * *", "30 17:25"),
        ("7 18 * * *", "30 18:07"),
    ],
)
def test_the_next_time_is_the_first_that_the_expression_names_afterwards(expression: str, expected: str) -> None:
    assert f"{find_next(expression, AT):%d %H:%M}" == expected


@pytest.mark.parametrize("expression", ["* * * * 1", "60 * * * *", "* 24 * * *", "9-3 * * * *", "x * * * *", "* * *"])
def test_an_expression_that_no_chore_may_have_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_times(expression)


async def test_a_chore_runs_and_one_that_fails_leaves_the_others_running(pool: Pool) -> None:
    ran: list[str] = []

    async def sweep() -> None:
        ran.append("sweep")

    async def stumble() -> None:
        raise ConnectionError("no")

    stumbling = Periodic(name="stumble", cron="* * * * *", chore=stumble)
    async with doing(pool, stumbling, Periodic(name="sweep", cron="17 2 * * *", chore=sweep)) as ended:
        await asyncio.wait_for(ended.get(), 60)

    assert ran == ["sweep"]
    assert await list_states(pool) == ["stumble queued", "sweep queued"]
    async with connection(pool) as conn:
        assert [one.cause for one in await periodic_tasks.list_failing(conn)] == ["no"]
        [next_run] = await fetch_column(conn, "SELECT next_run FROM pgqueuer_schedules WHERE entrypoint = 'sweep'")
    assert (next_run.hour, next_run.minute) == (2, 17) and next_run > datetime.now(UTC)


async def test_chores_of_a_minute_go_one_after_the_other_and_none_waits_for_a_slow_one(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "PATIENCE_SECONDS", 0.1)
    may_end, steps = asyncio.Event(), list[str]()

    async def go(name: str) -> None:
        steps.append(f"{name} begins")
        await asyncio.sleep(0.01)
        steps.append(f"{name} ends")

    async def wait_for_another() -> None:
        await may_end.wait()

    async def let_it_end() -> None:
        may_end.set()

    quick = [Periodic(name=name, cron="* * * * *", chore=partial(go, name)) for name in ("a", "b")]
    async with doing(pool, *quick) as ended:
        await asyncio.wait_for(ended.get(), 60)
    slow = Periodic(name="slow", cron="* * * * *", chore=wait_for_another)
    async with doing(pool, slow, Periodic(name="other", cron="* * * * *", chore=let_it_end)) as ended:
        await asyncio.wait_for(ended.get(), 60)

    first, second = ("a", "b") if steps[0] == "a begins" else ("b", "a")
    assert steps[:4] == [f"{first} begins", f"{first} ends", f"{second} begins", f"{second} ends"]


async def test_two_workers_do_a_chore_once(pool: Pool) -> None:
    ran: list[str] = []

    async def sweep() -> None:
        ran.append("sweep")

    sweeping = Periodic(name="sweep", cron="17 2 * * *", chore=sweep)
    async with doing(pool, sweeping) as ended:
        await asyncio.wait_for(ended.get(), 60)
        async with connection(pool) as conn:
            assert await chores.claim(conn, [sweeping], at=datetime.now(UTC)) == []

    assert ran == ["sweep"]


async def test_a_worker_does_not_begin_what_it_is_at_when_the_clock_goes_back(pool: Pool) -> None:
    at = datetime.now(UTC)
    item = Periodic(name="long", cron="17 2 * * *", chore=partial(asyncio.sleep, 0))
    async with transaction(pool) as conn:
        await chores.schedule(conn, [item])
        await conn.execute("UPDATE pgqueuer_schedules SET status = 'picked', heartbeat = now() + interval '1 hour'")

        assert await chores.claim(conn, [item], at=at, running=["long"]) == []
        assert await chores.claim(conn, [item], at=at, running=["other"]) == ["long"]


async def test_a_chore_that_takes_long_is_finished_before_a_stop_and_meanwhile_nobody_takes_it(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "BUSY_SECONDS", 0.05)
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def take_long() -> None:
        begun.set()
        await may_end.wait()

    long = Periodic(name="long", cron="17 2 * * *", chore=take_long)
    async with doing(pool, long):
        await asyncio.wait_for(begun.wait(), 60)
        async with transaction(pool) as conn:
            await conn.execute("UPDATE pgqueuer_schedules SET heartbeat = now() - interval '31 seconds'")

        async def goes_on() -> bool:
            async with connection(pool) as conn:
                return bool(
                    await fetch_column(
                        conn, "SELECT 1 FROM pgqueuer_schedules WHERE heartbeat > now() - interval '9 s'"
                    )
                )

        await eventually(goes_on)
        assert await list_states(pool) == ["long picked"]
        may_end.set()

    assert await list_states(pool) == ["long queued"]


async def test_a_stop_is_heard_between_two_chores_and_what_was_not_begun_is_due_for_another_worker(pool: Pool) -> None:
    stopping, ran = asyncio.Event(), list[str]()

    async def stop(name: str) -> None:
        ran.append(name)
        stopping.set()

    periodic = [Periodic(name=name, cron="17 2 * * *", chore=partial(stop, name)) for name in ("a", "b", "c")]
    async with transaction(pool) as conn:
        await chores.schedule(conn, periodic)
        await conn.execute("UPDATE pgqueuer_schedules SET next_run = now() - interval '1 second'")

    await asyncio.wait_for(run_chores(pool, periodic, stopping), 60)

    assert len(ran) == 1
    assert await list_states(pool) == ["a queued", "b queued", "c queued"]
    async with connection(pool) as conn:
        assert sorted(await chores.claim(conn, periodic, at=datetime.now(UTC))) == sorted({"a", "b", "c"} - set(ran))


async def test_the_chore_of_a_worker_that_died_is_done_by_another(pool: Pool) -> None:
    sweeping = Periodic(name="sweep", cron="17 2 * * *", chore=asyncio.Event().wait)
    async with transaction(pool) as conn:
        await chores.schedule(conn, [sweeping])
        for seconds, expected in ((29, []), (31, ["sweep"])):
            await conn.execute(
                "UPDATE pgqueuer_schedules SET status = 'picked', heartbeat = now() - $1::interval",
                timedelta(seconds=seconds),
            )

            assert await chores.claim(conn, [sweeping], at=AT) == expected


@pytest.mark.parametrize(("ahead", "expected"), [(30, []), (60, []), (300, ["a"]), (86400 * 365, ["a"])])
async def test_a_clock_that_was_ahead_and_went_back_puts_no_chore_off(
    pool: Pool, ahead: int, expected: list[str]
) -> None:
    minutely = [Periodic(name="a", cron="* * * * *", chore=asyncio.Event().wait)]
    async with transaction(pool) as conn:
        await chores.schedule(conn, minutely)
        await conn.execute("UPDATE pgqueuer_schedules SET next_run = $1", AT)
        assert await chores.claim(conn, minutely, at=AT + timedelta(seconds=ahead)) == ["a"]
        await chores.finish(conn, ["a"])

        claimed = await chores.claim(conn, minutely, at=AT)

    assert claimed == expected


async def test_a_chore_that_fails_is_kept_with_its_cause_until_it_went_well_for_long(pool: Pool) -> None:
    fates: list[Exception] = [ConnectionError("the other side hung up"), KeyError()]

    async def stumble() -> None:
        if fates:
            raise fates.pop(0)

    async def run() -> None:
        async with doing(pool, Periodic(name="stumble", cron="17 2 * * *", chore=stumble)) as ended:
            await asyncio.wait_for(ended.get(), 60)

    await run()
    await run()
    async with transaction(pool) as conn:
        [kept] = await periodic_tasks.list_failing(conn)
    await run()
    async with transaction(pool) as conn:
        assert len(await periodic_tasks.list_failing(conn)) == 1  # it was just now
        await conn.execute("UPDATE chore_trouble SET last_at = now() - interval '121 minutes'")
    await run()

    async with connection(pool) as conn:
        assert await periodic_tasks.list_failing(conn) == []
    assert (kept.name, kept.cause, kept.failures) == ("stumble", "KeyError", 2) and kept.since < kept.last_at
