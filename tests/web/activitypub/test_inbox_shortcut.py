"""Whole activities pass aiohttp by, on a real socket and the loop of the service; whoever posts sees no difference."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from aiohttp import web

from federation.uris import host_of
from inbox.receiving.receive import receive
from models.errors import Unavailable
from models.limits import UNPROVEN_POSTS, WRONG_SIGNATURES
from models.store.database import Pool
from models.traffic.inbound.received import enqueue_many
from tests.bench.load import Request
from tests.bench.tracing import code_of, tracing
from tests.fediverse import Person
from tests.web.activitypub.inbox_line import Line, in_two, on_uvloop
from tests.web.small_app import make_instance
from web.activitypub import inbox, inbox_fork
from web.activitypub.inbox import take_in
from web.activitypub.inbox_shortcut import MOST_BYTES, InboxShortcut, make_shortcut
from web.middlewares.connections import Connection
from web.middlewares.requests import IN_FLIGHT
from web.middlewares.work_signals import WORK_SIGNAL
from web.server.app import make_app

MOST_ON_THE_WAY = 14
"""Our functions from the bytes that came to the store."""

VOLATILE = (b"x-request-id:", b"date:")

PAGE = b"GET /healthz HTTP/1.1\r\nHost: lomme.test\r\n\r\n"


def without_chance(answer: bytes) -> tuple[bytes, set[bytes], bytes]:
    """The first line, the headers in any order but for what no two answers share, and the body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *headers = head.split(b"\r\n")
    return first, {one for one in headers if not one.lower().startswith(VOLATILE)}, body


@on_uvloop
async def test_a_whole_activity_is_taken_in_past_aiohttp_and_answered_the_same(line: Line, bob: Person) -> None:
    ordinary = await line.send(*in_two(line.sign(bob)))
    line.app[WORK_SIGNAL].received.clear()

    short = await line.send(line.sign(bob, 2, **{"X-Request-Id": "abcdefgh-1"}).to_bytes())

    assert line.by_aiohttp == 1
    assert without_chance(short) == without_chance(ordinary)
    assert b"\r\nX-Request-Id: abcdefgh-1\r\n" in short
    assert await line.instance.pool.fetchval("SELECT count(*) FROM received") == 2
    assert line.app[WORK_SIGNAL].received.is_set()
    assert line.instance.tallies.counts["requests", "inbox", "202"] == 2


@on_uvloop
async def test_of_a_fresh_connection_the_first_may_go_the_ordinary_way_and_all_others_go_short(
    line: Line, bob: Person
) -> None:
    for _ in range(3):
        await line.connect()
        before = line.by_aiohttp

        answers = [await line.send(line.sign(bob, number).to_bytes()) for number in range(4)]

        assert [answer[9:12] for answer in answers] == [b"202"] * 4
        assert line.by_aiohttp - before <= 1


@on_uvloop
async def test_one_after_the_other_goes_the_short_way_with_pages_between_them(line: Line, bob: Person) -> None:
    answers = [await line.send(one) for one in (line.sign(bob).to_bytes(), PAGE, line.sign(bob, 2).to_bytes())]

    assert [answer[9:12] for answer in answers] == [b"202", b"200", b"202"]
    assert line.by_aiohttp == 1


def break_signature(line: Line, bob: Person) -> Request:
    """Signed for another body."""
    request = line.sign(bob)
    return Request("POST", "/inbox", request.headers, request.body.replace(b"likes", b"lykes"))


def name_nobody(line: Line, bob: Person) -> Request:
    """To nobody's inbox."""
    return line.sign(bob, path="/users/nobody/inbox")


def end_server(line: Line, bob: Person) -> Request:
    """To an instance that ended."""
    line.instance.ended.keep("ended", True)
    return line.sign(bob)


def ask_for_page(line: Line, bob: Person) -> Request:
    """As a browser asks, to nobody's inbox."""
    return line.sign(bob, path="/users/nobody/inbox", Accept="text/html")


@pytest.mark.parametrize("make", [break_signature, name_nobody, end_server, ask_for_page])
@on_uvloop
async def test_what_is_refused_is_said_as_on_the_ordinary_way_and_counted_once(
    line: Line, bob: Person, make: Callable[[Line, Person], Request]
) -> None:
    request, counter = make(line, bob), line.instance.counter

    short = await line.send(request.to_bytes())
    once = [counter.used(UNPROVEN_POSTS, "127.0.0.0/24"), counter.used(WRONG_SIGNATURES, host_of(bob.uri))]
    ordinary = await line.send(*in_two(request))

    assert without_chance(short) == without_chance(ordinary)
    assert short[9:10] == b"4"
    twice = [counter.used(UNPROVEN_POSTS, "127.0.0.0/24"), counter.used(WRONG_SIGNATURES, host_of(bob.uri))]
    assert twice == [2 * number for number in once]
    assert await line.instance.pool.fetchval("SELECT count(*) FROM received") == 0


@pytest.mark.parametrize(("error", "status"), [(Unavailable(), b"503"), (ZeroDivisionError("a secret"), b"500")])
@on_uvloop
async def test_what_breaks_is_said_as_on_the_ordinary_way(
    line: Line, bob: Person, monkeypatch: pytest.MonkeyPatch, error: Exception, status: bytes
) -> None:
    calls = []

    async def fail(*_: object, **__: object) -> None:
        calls.append(1)
        raise error

    monkeypatch.setattr(inbox, "receive", fail)

    answer = await line.send(line.sign(bob).to_bytes())

    assert answer[9:12] == status
    assert b"secret" not in answer
    assert len(calls) == 1, "it is not tried again"
    assert not line.app[IN_FLIGHT]


@on_uvloop
async def test_what_was_found_out_is_said_of_no_other_request(
    line: Line, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        monkeypatch.undo()
        raise web.HTTPTooManyRequests

    monkeypatch.setattr(inbox_fork, "take_post", refuse)

    first = await line.send(break_signature(line, bob).to_bytes())
    second = await line.send(*in_two(line.sign(bob)))

    assert [first[9:12], second[9:12]] == [b"429", b"202"]


def double_length(request: Request) -> bytes:
    """With a length twice."""
    return request.to_bytes().replace(b"\r\nHost:", b"\r\nContent-Length: 1\r\nHost:", 1)


ORDINARY: Mapping[str, Callable[[Request], bytes]] = {
    "unsigned": lambda request: request.to_bytes().replace(b"\r\nSignature:", b"\r\nUnsigned:", 1),
    "closing": lambda request: request.to_bytes().replace(b"\r\nHost:", b"\r\nConnection: close\r\nHost:", 1),
    "waiting": lambda request: request.to_bytes().replace(b"\r\nHost:", b"\r\nExpect: 100-continue\r\nHost:", 1),
    "packed": lambda request: request.to_bytes().replace(b"\r\nHost:", b"\r\nContent-Encoding: gzip\r\nHost:", 1),
    "older": lambda request: request.to_bytes().replace(b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", 1),
    "with a question": lambda request: request.to_bytes().replace(b"POST /inbox ", b"POST /inbox?a=b ", 1),
    "long": lambda request: Request("POST", "/inbox", request.headers, b" " * MOST_BYTES).to_bytes(),
    "two lengths": double_length,
    "a line too many": lambda request: request.to_bytes() + b"\r\n",
}


@pytest.mark.parametrize("name", ORDINARY)
@on_uvloop
async def test_what_is_out_of_the_ordinary_is_left_to_aiohttp(line: Line, bob: Person, name: str) -> None:
    answer = await line.send(ORDINARY[name](line.sign(bob)))

    assert answer.startswith(b"HTTP/1.")
    assert line.by_aiohttp >= 1


@on_uvloop
async def test_two_that_come_at_once_are_answered_in_their_order(line: Line, bob: Person) -> None:
    first, second = line.sign(bob), name_nobody(line, bob)

    answers = [await line.send(first.to_bytes() + second.to_bytes()), await line.read()]

    assert [answer[9:12] for answer in answers] == [b"202", b"404"]


@on_uvloop
async def test_what_comes_before_the_answer_waits_for_it(
    line: Line, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def receive_slowly(*args: Any, **names: Any) -> object:
        begun.set()
        await go_on.wait()
        return await receive(*args, **names)

    monkeypatch.setattr(inbox, "receive", receive_slowly)
    line.writer.write(line.sign(bob).to_bytes())
    await asyncio.wait_for(begun.wait(), 10)
    line.writer.write(PAGE)

    assert len(line.app[IN_FLIGHT]) == 1, "a stop waits for it"
    assert line.by_aiohttp == 0
    go_on.set()
    assert [(await line.read())[9:12] for _ in range(2)] == [b"202", b"200"]


@on_uvloop
async def test_what_stands_behind_half_a_head_is_part_of_it_and_no_request(line: Line, bob: Person) -> None:
    half = b"GET /healthz HTTP/1.1\r\nHost: lomme.test\r\nX-More: "

    answer = await line.send(half, line.sign(bob).to_bytes())

    assert answer[9:12] != b"202"
    assert await line.instance.pool.fetchval("SELECT count(*) FROM received") == 0


@on_uvloop
async def test_after_half_a_head_behind_a_whole_request_nothing_goes_the_short_way(line: Line, bob: Person) -> None:
    asked = b"GET /healthz HTTP/1.1\r\nHost: lomme.test\r\n"

    first = await line.send(asked + b"\r\n" + asked + b"X-More: ")
    second = await line.send(line.sign(bob).to_bytes())

    assert first[9:12] == b"200"
    assert second[9:12] != b"202"
    assert await line.instance.pool.fetchval("SELECT count(*) FROM received") == 0


@on_uvloop
async def test_after_a_body_that_came_in_pieces_all_go_the_short_way_again(line: Line, bob: Person) -> None:
    head, body = in_two(line.sign(bob))

    await line.send(head + body[:5], body[5:9], body[9:])
    await line.send(line.sign(bob, 2).to_bytes())

    assert line.by_aiohttp == 1
    assert await line.instance.pool.fetchval("SELECT count(*) FROM received") == 2


@on_uvloop
async def test_what_stands_behind_the_rest_of_a_body_begins_the_next_request(line: Line, bob: Person) -> None:
    head, body = in_two(line.sign(bob))

    first = await line.send(head, body + PAGE.replace(b"\r\n\r\n", b"\r\nX-More: "))
    second = await line.send(line.sign(bob, 2).to_bytes())

    assert first[9:12] == b"202"
    assert second[9:12] != b"202"
    assert await line.instance.pool.fetchval("SELECT count(*) FROM received") == 1


@on_uvloop
async def test_an_idle_connection_stays_after_it_but_not_for_ever(line: Line, bob: Person) -> None:
    loop = asyncio.get_running_loop()
    await line.send(PAGE)

    for number in range(3):
        assert (await line.send(line.sign(bob, number).to_bytes()))[9:12] == b"202"
        await asyncio.sleep(0.2)  # longer together than aiohttp would keep it
    begun = loop.time()
    assert await asyncio.wait_for(line.reader.read(), 5) == b""

    assert loop.time() - begun < 2


@on_uvloop
async def test_it_passes_few_functions_to_the_store_and_turns_back_nowhere(line: Line, bob: Person) -> None:
    await line.send(line.sign(bob).to_bytes())

    with tracing(Connection.data_received, Connection.data_received, enqueue_many) as trace:
        assert (await line.send(line.sign(bob, 2).to_bytes()))[9:12] == b"202"

    way = [code_of(InboxShortcut.__call__), *trace.spine]  # it only makes what the connection waits for
    assert {way[0], code_of(take_in)} <= trace.functions
    assert way[-1] is code_of(enqueue_many)
    assert len(way) <= MOST_ON_THE_WAY
    assert not trace.up, "it never turns back to a layer above"
    assert trace.statements == 1


async def test_a_log_that_tells_of_every_request_has_all_of_them_go_the_ordinary_way(pool: Pool) -> None:
    quiet, talkative = (make_app(make_instance(pool, log_level=level)) for level in ("warning", "debug"))

    assert isinstance(make_shortcut(quiet), InboxShortcut)
    assert make_shortcut(talkative) is None
