"""What is answered past aiohttp is counted and told as all else: where the sender hung up, when refused, at a stop."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from inbox.receiving.receive import TAKEN, Outcome
from models.limits import UNPROVEN_POSTS
from tests.fediverse import Person
from tests.web.activitypub.inbox_line import Line, in_two, on_uvloop
from web.activitypub import inbox
from web.middlewares.requests import IN_FLIGHT
from web.server.processes.serve import close

NETWORK = "127.0.0.0/24"


@dataclass(slots=True)
class Slowly:
    """Stands for what takes an activity in: it ends when it is told to, and says what was laid down."""

    ends: Outcome | Exception
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    ids: list[str] = field(default_factory=list)

    async def __call__(self, *_: Any, **__: Any) -> Outcome:
        """The outcome, at last."""
        self.ids.append(structlog.contextvars.get_contextvars()["request"])
        self.begun.set()
        await self.go_on.wait()
        if isinstance(self.ends, Exception):
            raise self.ends
        return self.ends


async def wait_until(holds: Callable[[], bool]) -> None:
    """Until it does."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.002)


async def hang_up_before_the_answer(line: Line, slowly: Slowly, pieces: Sequence[bytes]) -> list[object]:
    """How often the network was counted, what was counted as answered, and the lines of the log."""
    assert line.runner.server is not None
    kept = line.runner.server
    counts = line.instance.tallies.counts
    counts.clear()
    used = line.instance.counter.used(UNPROVEN_POSTS, NETWORK)
    with capture_logs() as log:
        for piece in pieces:
            line.writer.write(piece)
            await asyncio.sleep(0.02)
        await wait_until(lambda: slowly.begun.is_set() or bool(counts))
        line.writer.close()
        await wait_until(lambda: all(one.transport is None for one in kept.connections))
        slowly.go_on.set()
        await wait_until(lambda: bool(counts))
    lines = [(one["event"], one.get("route"), one.get("status"), type(one.get("exc_info"))) for one in log]
    assert not line.app[IN_FLIGHT]
    return [line.instance.counter.used(UNPROVEN_POSTS, NETWORK) - used, dict(counts), lines]


@pytest.mark.parametrize("path", ["/inbox", "/users/alice/inbox"])
@pytest.mark.parametrize(
    ("ends", "counted"),
    [
        (Outcome(status=401), 1),
        (Outcome(status=403, proven=True), 0),
        (Outcome(status=202), 1),
        (TAKEN, 0),
        (ZeroDivisionError(), 1),
    ],
)
@on_uvloop
async def test_who_hangs_up_before_the_answer_is_counted_and_told_of_all_the_same(
    line: Line, bob: Person, monkeypatch: pytest.MonkeyPatch, ends: Outcome | Exception, counted: int, path: str
) -> None:
    found = []
    for ordinary in (True, False):
        monkeypatch.setattr(inbox, "receive", slowly := Slowly(ends))
        request = line.sign(bob, path=path)
        pieces = in_two(request) if ordinary else [request.to_bytes()]
        found.append(await hang_up_before_the_answer(line, slowly, pieces))
        await line.connect()
        await line.send(b"GET /healthz HTTP/1.1\r\nHost: lomme.test\r\n\r\n")

    assert line.by_aiohttp == 3
    assert found[0] == found[1]
    assert found[1][0] == counted


@on_uvloop
async def test_who_posted_too_much_and_hangs_up_is_counted_as_refused(
    line: Line, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "receive", slowly := Slowly(TAKEN))
    while line.instance.counter.spend(UNPROVEN_POSTS, NETWORK):
        pass
    request = line.sign(bob).to_bytes()

    answer = await line.send(request)
    line.writer.write(request)
    line.writer.close()
    await wait_until(lambda: line.instance.tallies.counts["requests", "inbox", "429"] == 2)

    assert answer[9:12] == b"429"
    assert not slowly.ids


@on_uvloop
async def test_what_is_refused_is_logged_under_the_same_id_with_all_the_time_that_it_took(
    line: Line, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "receive", slowly := Slowly(Outcome(status=401)))
    asyncio.get_running_loop().call_later(0.05, slowly.go_on.set)

    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as log:
        answer = await line.send(line.sign(bob).to_bytes())

    [told] = [one for one in log if one["event"] == "answered"]
    assert answer[9:12] == b"401"
    assert told["ms"] >= 40
    assert [told["request"]] == slowly.ids
    assert f"X-Request-Id: {told['request']}\r\n".encode() in answer


@on_uvloop
async def test_a_stop_waits_for_what_is_answered_past_aiohttp_and_lets_nothing_more_pass(
    line: Line, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "receive", slowly := Slowly(TAKEN))
    line.writer.write(line.sign(bob).to_bytes())
    await slowly.begun.wait()

    stopping = asyncio.create_task(close(line.made, line.app, line.runner))
    await asyncio.sleep(0.02)
    slowly.go_on.set()

    assert (await line.read())[9:12] == b"202"
    await stopping


@on_uvloop
async def test_once_no_shortcut_may_be_taken_all_goes_the_ordinary_way(line: Line, bob: Person) -> None:
    await line.send(line.sign(bob).to_bytes())
    assert line.by_aiohttp == 0

    line.made.take_no_shortcuts()

    assert (await line.send(line.sign(bob, 2).to_bytes()))[9:12] == b"202"
    assert line.by_aiohttp == 1
