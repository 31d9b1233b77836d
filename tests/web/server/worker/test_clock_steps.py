"""A clock that somebody sets is looked into at once: what others said of it before is not true any more."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from multidict import CIMultiDict

from federation.errors import Cause, FetchFailed
from federation.http_client.answers import Fetched
from federation.instance import Instance
from models.errors import Entangled, Unavailable
from models.store import health_troubles
from models.store.database import Pool, connection, execute, fetch_value, transaction
from tests.fediverse import FakeFediverse
from tests.web.small_app import make_instance
from web.server.worker import clock_steps
from web.server.worker.clock_steps import OwnClock
from web.server.worker.health import watch_health

WRONG_BY = timedelta(minutes=5)


def instance_in(pool: Pool) -> tuple[Instance, FakeFediverse]:
    """An instance, and the servers around it."""
    instance = make_instance(pool)
    assert isinstance(instance.transport, FakeFediverse)
    return instance, instance.transport


async def know_servers(pool: Pool, count: int) -> list[str]:
    """Servers that answered within the day, when all was well."""
    hosts = [f"h{number}.example" for number in range(count)]
    async with transaction(pool) as conn:
        for host in hosts:
            query = "INSERT INTO server (host, clock_seconds, clock_at) VALUES ($1, 0, now())"
            await execute(conn, query, host)
    return hosts


def answer(fediverse: FakeFediverse, hosts: list[str], ahead: timedelta, age: str = "0") -> None:
    """What they answer from now on, with the time that they have; a cache has kept it for so long."""
    for host in hosts:
        uri = f"https://{host}/.well-known/nodeinfo"
        said = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
        fediverse.documents[uri] = Fetched(
            url=uri, status=200, headers=CIMultiDict({"Date": said, "Age": age}), body=b"{}"
        )


async def list_wrong(pool: Pool) -> list[str]:
    async with connection(pool) as conn:
        return [one.name for one in await health_troubles.list_troubles(conn)]


async def test_a_clock_that_is_set_wrong_is_named_at_the_next_look_and_well_once_it_is_set_right(pool: Pool) -> None:
    (instance, fediverse), clock = instance_in(pool), OwnClock(apart=clock_steps.read_apart())
    hosts = await know_servers(pool, 9)
    seen = []

    for moved, ahead in ((timedelta(0), timedelta(0)), (WRONG_BY, WRONG_BY), (timedelta(0), WRONG_BY)):
        clock.apart += moved.total_seconds()  # as if ours was put back by so much
        answer(fediverse, hosts, ahead)
        await clock_steps.watch_clock(instance, clock)
        seen.append((await list_wrong(pool), len(fediverse.fetched)))
    clock.apart -= WRONG_BY.total_seconds()
    answer(fediverse, hosts, timedelta(0))
    await clock_steps.watch_clock(instance, clock)

    assert seen == [([], 0), (["clock"], 5), (["clock"], 5)], "asked once for each time that it was set, and few"
    assert (await list_wrong(pool), len(fediverse.fetched)) == ([], 10)


async def test_what_was_said_before_counts_no_more_and_a_no_tells_the_time_too(pool: Pool) -> None:
    instance, fediverse = instance_in(pool)
    for host in await know_servers(pool, 3):
        failed = FetchFailed(Cause.REFUSED, host, answer=403, clock=300 if host != "h0.example" else None)
        fediverse.documents[f"https://{host}/.well-known/nodeinfo"] = failed

    await clock_steps.watch_clock(instance, OwnClock(apart=clock_steps.read_apart() + 300))

    async with connection(pool) as conn:
        assert await fetch_value(conn, "SELECT array_agg(clock_seconds ORDER BY host) FROM server") == [None, 300, 300]
    assert await list_wrong(pool) == [], "two are too few to say that it is ours"


@pytest.mark.parametrize("days", [2, -2])
async def test_a_clock_that_jumps_by_days_is_named_too(days: int, pool: Pool) -> None:
    """All that was said before seems old, or to come."""
    (instance, fediverse), jump = instance_in(pool), timedelta(days=days)
    hosts = await know_servers(pool, 9)
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE server SET clock_at = now() - $1::interval", jump)
    answer(fediverse, hosts, -jump)

    await clock_steps.watch_clock(instance, OwnClock(apart=clock_steps.read_apart() - jump.total_seconds()))

    assert (await list_wrong(pool), len(fediverse.fetched)) == (["clock"], 5)


async def test_others_are_asked_once_after_each_start(pool: Pool) -> None:
    (instance, fediverse), clock = instance_in(pool), OwnClock()
    answer(fediverse, await know_servers(pool, 3), WRONG_BY)

    for _ in range(2):
        await clock_steps.watch_clock(instance, clock)
    await watch_health(instance)

    assert (await list_wrong(pool), len(fediverse.fetched)) == (["clock"], 3)
    assert fediverse.direct == fediverse.fetched, "and no cache on the way"


async def test_a_network_that_is_away_heals_nothing_and_others_are_asked_again_for_a_while(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    (instance, fediverse), clock = instance_in(pool), OwnClock()
    hosts = await know_servers(pool, 3)
    answer(fediverse, hosts, WRONG_BY)
    await clock_steps.watch_clock(instance, clock)
    await watch_health(instance)
    for host in hosts:
        fediverse.documents[f"https://{host}/.well-known/nodeinfo"] = FetchFailed(Cause.UNREACHABLE, host)
    clock.apart += 10
    seen = []

    for away in (True, True, False, False):
        if not away:
            answer(fediverse, hosts, timedelta(0))
        before = len(fediverse.fetched)
        await clock_steps.watch_clock(instance, clock)
        soon = len(fediverse.fetched) - before
        await clock_steps.watch_clock(instance, clock)
        seen.append((await list_wrong(pool), soon, len(fediverse.fetched) - before))
        clock.again_at -= clock_steps.AGAIN_SECONDS

    assert seen == [(["clock"], 3, 3), (["clock"], 3, 3), ([], 3, 3), ([], 0, 0)]


async def test_others_that_never_answer_are_left_alone_in_the_end(pool: Pool) -> None:
    (instance, fediverse), clock = instance_in(pool), OwnClock()
    await know_servers(pool, 3)

    for _ in range(clock_steps.MOST_AGAIN + 5):
        clock.again_at = 0.0
        await clock_steps.watch_clock(instance, clock)

    assert len(fediverse.fetched) == 3 * (1 + clock_steps.MOST_AGAIN)


async def test_an_answer_that_a_cache_kept_tells_no_time(pool: Pool) -> None:
    instance, fediverse = instance_in(pool)
    answer(fediverse, await know_servers(pool, 3), -WRONG_BY, age="300")

    await clock_steps.watch_clock(instance, OwnClock(apart=clock_steps.read_apart() + 10))

    assert (await list_wrong(pool), len(fediverse.fetched)) == ([], 3)


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="this system does not say how long it slept")
def test_a_machine_that_slept_did_not_set_its_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, now, up = OwnClock(apart=clock_steps.read_apart()), time.time(), time.clock_gettime(time.CLOCK_BOOTTIME)
    monkeypatch.setattr(time, "time", lambda: now + 28_800)
    monkeypatch.setattr(time, "clock_gettime", lambda _: up + 28_800)

    assert not clock.was_set()


@pytest.mark.parametrize("error", [Unavailable, Entangled])
async def test_the_watch_goes_on_while_the_database_is_away(
    error: type[Exception], pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Seen(Exception):
        pass

    outcomes = [error(), Seen()]

    async def fail(*_: object) -> None:
        raise outcomes.pop(0)

    monkeypatch.setattr(clock_steps, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(clock_steps, "watch_clock", fail)

    with pytest.raises(Seen):
        await clock_steps.watch_clock_regularly(make_instance(pool), OwnClock())


async def test_a_look_that_fails_asks_nobody_a_second_time(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    (instance, fediverse), clock = instance_in(pool), OwnClock(apart=clock_steps.read_apart() + 10)
    answer(fediverse, await know_servers(pool, 3), timedelta(0))

    async def fail(_: Instance) -> None:
        raise Unavailable

    monkeypatch.setattr(clock_steps, "watch_health", fail)
    with pytest.raises(Unavailable):
        await clock_steps.watch_clock(instance, clock)
    await clock_steps.watch_clock(instance, clock)

    assert len(fediverse.fetched) == 3
