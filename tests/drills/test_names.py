"""The name service is down, or slow: what is to be delivered waits like for any trouble, and nobody else waits."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from models.store.database import Pool
from tests.drills.ground import by_form
from tests.drills.report import report
from tests.drills.town import LagWatch, host_address, open_town, soon
from tests.eventually import eventually
from tests.federation.loopback import serve

HOSTS = by_form(80, 500)

SLOW_HOSTS = 80
"""More than there are threads that look names up, and fewer than places for deliveries (D9 is about those)."""

MOST_LAG = by_form(1000, 100) / 1000
"""Seconds for which the event loop may stand still; more in the suite, where other tests take the processors away.

A look-up on the loop itself would take as long as the name service is silent.
"""


class Names:
    """A name service for `.test`: it may be down, or be silent until `answering` is set."""

    def __init__(self) -> None:
        self.down = False
        self.answering = threading.Event()
        self.answering.set()
        self.asked = 0

    def look_up(self, host: Any, port: Any, *args: Any, **options: Any) -> list[tuple[Any, ...]]:
        """As `socket.getaddrinfo`."""
        self.asked += 1
        self.answering.wait()
        if self.down:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        number = int(str(host).removeprefix("h").partition(".")[0])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host_address(number), int(port)))]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    """In the place of the one of the system, for names under `.test`."""
    service, system = Names(), socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        ours = str(host).endswith(".test")
        return service.look_up(host, port) if ours else system(host, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield service
    service.answering.set()


async def welcome(_: web.BaseRequest) -> web.StreamResponse:
    """Takes everything."""
    return web.Response(status=202)


async def test_d17_without_names_deliveries_wait_as_for_any_trouble_of_the_network(
    pool: Pool, tmp_path: Path, names: Names
) -> None:
    async with serve(welcome, address="0.0.0.0") as server, open_town(pool, tmp_path) as town:
        port = server.url.rpartition(":")[2]
        author = await town.add_author("alice")
        for number in range(HOSTS):
            await town.add_reader(author, f"http://h{number}.test:{port}")
        await town.publish(author, "Sans nom")
        names.down = True
        async with LagWatch() as watch:
            at = soon()
            await town.deliver(at)
            first = await town.lines(at)
            for _ in range(2):  # it stays down for ten minutes
                due = await town.next_due()
                assert due is not None
                await town.deliver(due)
        names.down = False
        due = await town.next_due()
        assert due is not None
        minutes = (due - at).total_seconds() / 60
        async with LagWatch() as usual:  # what delivering to so many costs by itself
            await town.deliver(due)
        last = await town.lines(at)

    report("D17 no names", hosts=HOSTS, minutes=round(minutes), lag=watch.tell(), afterwards=usual.tell())
    assert {(one.state, one.status, one.cause) for one in first.values()} == {("waiting", None, "name_unanswered")}
    assert {(one.state, one.attempts) for one in last.values()} == {("done", 4)}
    assert watch.usual < max(MOST_LAG, 2 * usual.usual)


async def test_d17_slow_names_keep_nobody_waiting(pool: Pool, tmp_path: Path, names: Names) -> None:
    async with serve(welcome, address="0.0.0.0") as server, open_town(pool, tmp_path) as town:
        port = server.url.rpartition(":")[2]
        slow, quick = await town.add_author("alice"), await town.add_author("anna")
        for number in range(SLOW_HOSTS):
            await town.add_reader(slow, f"http://h{number}.test:{port}")
        near = f"http://{host_address(199)}:{port}"
        await town.add_reader(quick, near)
        await town.publish(slow, "Pour loin")
        names.answering.clear()
        async with LagWatch() as watch:
            delivering = asyncio.create_task(town.deliver())

            async def looked_up() -> bool:
                return names.asked >= 60

            await eventually(looked_up)
            await town.publish(quick, "Pour près d’ici")

            async def arrived() -> bool:
                return any(request.headers["Host"] in near for request in server.requests)

            await eventually(arrived)
            first = [request.headers["Host"] for request in server.requests]
            names.answering.set()
            await delivering
        last = await town.lines(soon())

    report("D17 slow names", hosts=SLOW_HOSTS, before_others=len(first) - 1, lag=watch.tell())
    assert [host in near for host in first] == [True], "it went while all the others waited for a name"
    assert {one.state for one in last.values()} == {"done"}
    assert watch.usual < MOST_LAG
