"""A clock that somebody sets is looked into at once: what others said of it before is not true any more."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from multidict import CIMultiDict

from federation.errors import Cause, FetchFailed
from federation.http_client.answers import Fetched
from models.store import health_troubles
from models.store.database import Pool, connection, execute, fetch_value, transaction
from tests.fediverse import FakeFediverse
from tests.web.small_app import make_instance
from web.server.worker import clock_steps
from web.server.worker.clock_steps import OwnClock

WRONG_BY = timedelta(minutes=5)


async def know_servers(pool: Pool, count: int) -> list[str]:
    """Servers that answered within the day, when all was well."""
    hosts = [f"h{number}.example" for number in range(count)]
    async with transaction(pool) as conn:
        for host in hosts:
            await execute(conn, "INSERT INTO server (host, clock_seconds, clock_at) VALUES ($1, 0, now())", host)
    return hosts


def answer(fediverse: FakeFediverse, hosts: list[str], ahead: timedelta) -> None:
    """What they answer from now on, with the time that they have."""
    for host in hosts:
        uri = f"https://{host}/.well-known/nodeinfo"
        said = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
        fediverse.documents[uri] = Fetched(url=uri, status=200, headers=CIMultiDict({"Date": said}), body=b"{}")


async def list_wrong(pool: Pool) -> list[str]:
    async with connection(pool) as conn:
        return [one.name for one in await health_troubles.list_troubles(conn)]


async def test_a_clock_that_is_set_wrong_is_named_at_the_next_look_and_well_once_it_is_set_right(pool: Pool) -> None:
    instance, clock = make_instance(pool), OwnClock(apart=clock_steps.read_apart())
    fediverse = instance.transport
    assert isinstance(fediverse, FakeFediverse)
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
    instance = make_instance(pool)
    fediverse = instance.transport
    assert isinstance(fediverse, FakeFediverse)
    for host in await know_servers(pool, 3):
        failed = FetchFailed(Cause.REFUSED, host, answer=403, clock=300 if host != "h0.example" else None)
        fediverse.documents[f"https://{host}/.well-known/nodeinfo"] = failed

    await clock_steps.watch_clock(instance, OwnClock(apart=clock_steps.read_apart() + 300))

    async with connection(pool) as conn:
        assert await fetch_value(conn, "SELECT array_agg(clock_seconds ORDER BY host) FROM server") == [None, 300, 300]
    assert await list_wrong(pool) == [], "two are too few to say that it is ours"
