"""Peers that answer in every bad way at once: each delivery ends in the state that HT5 names, and none in another."""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from federation.http_client import transport
from models.store.database import Pool, transaction
from models.traffic.outbound import held_deliveries
from outbox.traffic.backoff import LONGEST
from tests.certificates import DAY, make_authority
from tests.drills.report import report
from tests.drills.town import Line, Town, host_address, open_town, soon
from tests.federation.loopback import Server, serve

Script = Callable[[web.BaseRequest, int], Awaitable[web.StreamResponse]]
"""What a peer answers, told how many requests it had at this path before."""

SECOND = timedelta(seconds=1)
FIRST_WAIT = (11 * SECOND, 19 * SECOND)
HOUR = (3599 * SECOND, 3601 * SECOND)

PATIENCE = 0.5
"""Seconds in which a peer has to answer in this drill, instead of ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What a delivery is after its first try, and in the end; `wait` is how long it has to wait at least and most."""

    first: tuple[str, int, int | None, str | None]
    last: tuple[str, int | None]
    wait: tuple[timedelta, timedelta] | None = None


def always(status: int, **headers: str) -> Script:
    """This, whatever comes."""

    async def answer(_: web.BaseRequest, tries: int) -> web.StreamResponse:
        return web.Response(status=status, headers={key.replace("_", "-"): value for key, value in headers.items()})

    return answer


def until(tries_before: int, first: Script) -> Script:
    """So often this, then 202."""

    async def answer(request: web.BaseRequest, tries: int) -> web.StreamResponse:
        return await first(request, tries) if tries < tries_before else web.Response(status=202)

    return answer


async def answer_late(_: web.BaseRequest, tries: int) -> web.StreamResponse:
    """200 just before nobody waits any more."""
    await asyncio.sleep(PATIENCE / 2)
    return web.Response()


async def never_answer(_: web.BaseRequest, tries: int) -> web.StreamResponse:
    """Takes the request and says nothing."""
    await asyncio.Event().wait()
    raise AssertionError


def tear(request: web.BaseRequest) -> None:
    """End the connection with RST, as a process that dies does."""
    assert request.transport is not None
    open_socket: socket.socket = request.transport.get_extra_info("socket")
    open_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()


async def reset(request: web.BaseRequest, tries: int) -> web.StreamResponse:
    """Torn off before the answer begins."""
    tear(request)
    return web.Response()


async def reset_in_body(request: web.BaseRequest, tries: int) -> web.StreamResponse:
    """202, which is enough, and then torn off in the body."""
    response = web.StreamResponse(status=202, headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b"so far")
    tear(request)
    return response


async def hang_in_body(request: web.BaseRequest, tries: int) -> web.StreamResponse:
    """202, which is enough, and a body that never comes."""
    response = web.StreamResponse(status=202, headers={"Content-Length": "100"})
    await response.prepare(request)
    return await never_answer(request, tries)


async def answer_garbage(_: web.BaseRequest, tries: int) -> web.StreamResponse:
    """202 and no end of nonsense."""
    return web.Response(status=202, body=b"\x00\xff<{" * 20_000)


async def redirect_to_self(request: web.BaseRequest, tries: int) -> web.StreamResponse:
    """301 to the same address."""
    return web.Response(status=301, headers={"Location": f"http://{request.host}{request.path}"})


async def lose_shared_inbox(request: web.BaseRequest, tries: int) -> web.StreamResponse:
    """Only personal inboxes are there."""
    return web.Response(status=404 if request.path == "/inbox" else 202)


PEERS: dict[str, tuple[Script, Fate]] = {
    "late": (answer_late, Fate(first=("done", 1, 202, None), last=("done", 1))),
    "silent": (
        until(3, never_answer),
        Fate(first=("waiting", 1, None, "timed_out"), wait=FIRST_WAIT, last=("done", 4)),
    ),
    "reset": (reset, Fate(first=("waiting", 1, None, "connection_lost"), wait=FIRST_WAIT, last=("failed", None))),
    "reset in body": (reset_in_body, Fate(first=("done", 1, 202, None), last=("done", 1))),
    "hung in body": (hang_in_body, Fate(first=("done", 1, 202, None), last=("done", 1))),
    "ill": (
        until(3, always(500)),
        Fate(first=("waiting", 1, 500, "server_error"), wait=FIRST_WAIT, last=("done", 4)),
    ),
    "busy": (
        until(1, always(429, Retry_After="3600")),
        Fate(first=("waiting", 1, 429, "too_many_requests"), wait=HOUR, last=("done", 2)),
    ),
    "loop": (redirect_to_self, Fate(first=("waiting", 1, 301, "redirect"), wait=FIRST_WAIT, last=("failed", None))),
    "refusing": (
        always(401),
        Fate(first=("waiting", 1, 401, "signature_refused"), wait=FIRST_WAIT, last=("failed", None)),
    ),
    "forbidding": (always(403), Fate(first=("failed", 1, 403, "forbidden"), last=("failed", 1))),
    "gone": (always(410), Fate(first=("failed", 2, 410, "gone"), last=("failed", 2))),
    "moved": (lose_shared_inbox, Fate(first=("done", 2, 202, None), last=("done", 2))),
    "garbage": (answer_garbage, Fate(first=("done", 1, 202, None), last=("done", 1))),
}

EXPIRED = Fate(first=("waiting", 1, None, "certificate_expired"), wait=FIRST_WAIT, last=("failed", None))


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is shorter here than among real peers."""
    monkeypatch.setattr(transport, "IDLE_SECONDS", PATIENCE)


async def play(script: Script, asked: "Counter[str]", request: web.BaseRequest) -> web.StreamResponse:
    """One answer of a peer, which counts by host and path."""
    place = f"{request.host}{request.path}"
    asked[place] += 1
    return await script(request, asked[place] - 1)


async def test_d08_every_kind_of_answer_leads_to_its_own_state(pool: Pool, tmp_path: Path) -> None:
    authority, asked = make_authority(tmp_path), Counter[str]()
    async with AsyncExitStack() as stack:
        peers: dict[str, Server] = {}
        for number, (name, (script, _)) in enumerate(PEERS.items()):
            handler = partial(play, script, asked)
            peers[name] = await stack.enter_async_context(serve(handler, address=host_address(number)))
        stale = authority.issue(host_address(199), begins=-3 * DAY, ends=-DAY)
        handler = partial(play, always(202), asked)
        peers["expired"] = await stack.enter_async_context(serve(handler, address=host_address(199), tls=stale.context))
        fates = {name: fate for name, (_, fate) in PEERS.items()} | {"expired": EXPIRED}
        town = await stack.enter_async_context(open_town(pool, tmp_path / "data", ca_file=authority.ca_file))
        author = await town.add_author("alice")
        for peer in peers.values():
            await town.add_reader(author, peer.url)
        await town.publish(author, "Bonjour à tous")

        at = soon()
        await town.deliver(at)
        first = await town.lines(at)
        rounds, at = await go_on(town, at)
        last = await town.lines(at)

    report("D8 peers that answer", kinds=len(peers), rounds=rounds, tries=sum(one.attempts for one in last.values()))
    for name, fate in fates.items():
        line = first[peers[name].host]
        assert (line.state, line.attempts, line.status, line.cause) == fate.first, name
        if fate.wait is not None:
            assert fate.wait[0] <= line.due_in <= fate.wait[1], name
        require_end(name, last[peers[name].host], fate)
    assert asked[f"{peers['expired'].host}/inbox"] == 0, "nothing is said to whoever cannot prove who they are"
    assert asked[f"{peers['loop'].host}/inbox"] == last[peers["loop"].host].attempts, "a loop is not followed"
    assert asked[f"{peers['refusing'].host}/inbox"] == 2 * last[peers["refusing"].host].attempts, "two knocks a try"
    assert len(peers["gone"].requests) == 2


def require_end(name: str, line: Line, fate: Fate) -> None:
    """What is left after ten days. Raises AssertionError."""
    state, attempts = fate.last
    assert line.state == state, name
    if attempts is not None:
        assert line.attempts == attempts, name
    else:
        assert 12 <= line.attempts <= 20, f"{name}: tried for days, and not all day long"


async def go_on(town: Town, at: datetime) -> tuple[int, datetime]:
    """Try whenever something is due until the ten days are over; how many times, and when that is."""
    rounds, begun = 1, at
    while (due := await town.next_due()) is not None:
        at = due
        await town.deliver(at)
        rounds += 1
        assert rounds < 40
    async with transaction(town.instance.pool) as conn:
        await held_deliveries.give_up_held(conn, days=LONGEST.days, at=begun + LONGEST + DAY)
    return rounds, at
