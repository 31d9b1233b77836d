"""Requests that are begun and not ended are closed in time, on a real socket; streams and uploads that come go on."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
import uvloop
from aiohttp import web

from models.errors import DeclicError
from web.middlewares.connections import TIMEOUTS, Connection, Server, Timeouts, connection_middleware
from web.middlewares.whole_requests import Shortcut

SHORT = Timeouts(head=0.15, body=0.15, idle=0.3, rate=1024)

PATIENT = Timeouts(head=60, body=60, idle=60)

PAGE = b"GET /read HTTP/1.1\r\nHost: a.test\r\n\r\n"


async def read(request: web.Request) -> web.Response:
    """Answer with the length of the body."""
    try:
        return web.Response(text=str(len(await request.read())))
    except DeclicError as error:
        return web.Response(status=error.status, text=str(error))


async def stream(request: web.Request) -> web.StreamResponse:
    """A stream that is longer than any patience."""
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(5):
        await response.write(b"x")
        await asyncio.sleep(0.1)
    return response


async def talk(request: web.Request) -> web.WebSocketResponse:
    """A WebSocket that answers once it is spoken to."""
    ws = web.WebSocketResponse()
    await ws.prepare(request)
    async for message in ws:
        await ws.send_str(message.data)
    return ws


@asynccontextmanager
async def serving(
    patience: Timeouts = SHORT, shortcut: Shortcut | None = None, begun: list[Connection] | None = None
) -> AsyncIterator[int]:
    """A server on a real port; `begun` gets its connections."""
    app = web.Application(middlewares=[connection_middleware])
    app[TIMEOUTS] = patience
    app.add_routes([web.route("*", "/read", read), web.get("/stream", stream), web.get("/talk", talk)])
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=patience.idle, shutdown_timeout=0.1)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    made = Server(runner, patience, shortcut)

    def make() -> Connection:
        connection = made()
        if begun is not None:
            begun.append(connection)
        return connection

    server = await asyncio.get_running_loop().create_server(make, sock=listener)
    yield listener.getsockname()[1]
    server.close()
    await runner.cleanup()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Somebody who speaks slowly."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield reader, writer
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def seconds_until_closed(reader: asyncio.StreamReader) -> tuple[float, bytes]:
    """How long the server keeps the connection, and what it says meanwhile."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    async with asyncio.timeout(3):
        try:
            said = await reader.read()
        except ConnectionResetError:
            said = b""
    return loop.time() - started, said


@pytest.mark.parametrize("begun", [b"", b"GET /re", b"GET /read HTTP/1.1\r\nHost: a.test\r\nX-A: "])
async def test_b09_a_head_that_does_not_end_is_closed(begun: bytes) -> None:
    async with serving() as port, connected(port) as (reader, writer):
        writer.write(begun)

        seconds, _ = await seconds_until_closed(reader)

    assert 0.1 < seconds < 1


async def test_b09_a_head_that_comes_byte_by_byte_is_closed_all_the_same() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        for byte in b"GET /read HTTP/1.1\r\nHost: a.test\r\nX-Many-Letters: abcdefghijklmnopqrstuvwxyz":
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)

    async with serving() as port, connected(port) as (reader, writer):
        dripping = asyncio.create_task(drip(writer))

        seconds, _ = await seconds_until_closed(reader)

        dripping.cancel()
    assert 0.1 < seconds < 1


@pytest.mark.parametrize("head", [b"Content-Length: 5000", b"Transfer-Encoding: chunked"])
async def test_b09_a_body_that_does_not_end_is_answered_408_and_closed(head: bytes) -> None:
    async with serving() as port, connected(port) as (reader, writer):
        writer.write(b"POST /read HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n" + head + b"\r\n\r\n")
        answered = await asyncio.wait_for(reader.readline(), 2)

    assert answered == b"HTTP/1.1 408 Request Timeout\r\n"


async def test_a_body_that_keeps_coming_may_take_longer() -> None:
    async with serving() as port, connected(port) as (reader, writer):
        writer.write(b"POST /read HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3000\r\n\r\n")
        for _ in range(6):
            writer.write(b"x" * 500)
            await asyncio.sleep(0.06)

        assert await asyncio.wait_for(reader.readline(), 2) == b"HTTP/1.1 200 OK\r\n"


async def test_an_idle_connection_stays_for_the_next_request_but_not_for_ever() -> None:
    async with serving() as port, connected(port) as (reader, writer):
        for _ in range(2):
            writer.write(b"GET /read HTTP/1.1\r\nHost: a.test\r\n\r\n")
            assert await asyncio.wait_for(reader.readuntil(b"\r\n\r\n0"), 2)
            await asyncio.sleep(0.2)

        seconds, _ = await seconds_until_closed(reader)

    assert seconds < 1


async def test_a_second_request_that_does_not_end_is_closed_before_an_idle_connection() -> None:
    async with serving(Timeouts(head=0.1, body=1, idle=60)) as port, connected(port) as (reader, writer):
        writer.write(b"GET /read HTTP/1.1\r\nHost: a.test\r\n\r\n")
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n0"), 2)
        writer.write(b"GET /re")

        seconds, _ = await seconds_until_closed(reader)

    assert seconds < 1


async def test_streams_go_on() -> None:
    async with serving() as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:

        async def stay() -> str:
            async with session.ws_connect("/talk") as ws:
                await asyncio.sleep(0.5)
                await ws.send_str("là ?")
                return await ws.receive_str(timeout=1)

        async def listen() -> bytes:
            async with session.get("/stream") as answer:
                return await answer.read()

        said, streamed = await asyncio.gather(stay(), listen())

    assert (said, streamed) == ("là ?", b"xxxxx")


def test_b09_halves_of_requests_are_closed_within_half_a_minute() -> None:
    assert (Timeouts().head, Timeouts().body) == (30, 30)
    assert Timeouts().idle > 120  # Caddy's and nginx's own, so that they close first


@pytest.mark.parametrize("behind", [b"GET /read HTTP/1.1\r\nX-More: ", PAGE, b""])
async def test_nobody_tunnels_and_what_stands_behind_is_no_request(behind: bytes) -> None:
    async with serving() as port, connected(port) as (reader, writer):
        length = b"Content-Length: %d\r\n\r\n" % len(behind)
        writer.write(b"CONNECT a.test:80 HTTP/1.1\r\nHost: a.test:80\r\n" + length + behind)

        _, said = await seconds_until_closed(reader)

    assert said.startswith(b"HTTP/1.1 405 ") and said.count(b"HTTP/1.1") == 1
    assert b"\r\nConnection: close\r\n" in said


@pytest.mark.parametrize("protocol", [b"websocket", b"h2c", b"TLS/1.0"])
async def test_the_body_of_who_asks_for_another_protocol_is_no_request_where_that_is_declined(protocol: bytes) -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: " + protocol + b"\r\n"
    asked = b"POST /read HTTP/1.1\r\nHost: a.test\r\n" + upgrade + b"Content-Length: %d\r\n\r\n" % len(PAGE)
    async with serving() as port, connected(port) as (reader, writer):
        answers = []
        for rest in ((PAGE,), (PAGE[:9], PAGE[9:])):
            for piece in (asked, *rest, PAGE):
                writer.write(piece)
                await asyncio.sleep(0.01)
            for length in (len(PAGE), 0):
                answers.append(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n%d" % length), 2))

    assert [answer.count(b"HTTP/1.1 200 OK") for answer in answers] == [1] * 4


async def test_an_answer_that_is_given_up_closes_the_connection() -> None:
    async def give_up() -> bytes:
        raise asyncio.CancelledError

    async with serving(PATIENT, lambda _, __: give_up()) as port, connected(port) as (reader, writer):
        await asyncio.sleep(0.01)
        writer.write(PAGE)

        _, said = await seconds_until_closed(reader)

    assert said == b""


async def test_an_idle_connection_does_not_stay_where_its_answers_are_not_read() -> None:
    async def answer() -> bytes:
        return b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"

    begun: list[Connection] = []
    async with serving(SHORT, lambda _, __: answer(), begun) as port, connected(port) as (reader, writer):
        await asyncio.sleep(0.01)
        writer.write(PAGE)
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2)
        begun[0].pause_writing()

        seconds, _ = await seconds_until_closed(reader)

    assert seconds < 1


def test_the_loop_that_servers_use_is_served_too() -> None:
    async def ask() -> bytes:
        async with serving() as port, connected(port) as (reader, writer):
            writer.write(b"GET /read HTTP/1.1\r\nHost: a.test\r\n\r\n")
            return await asyncio.wait_for(reader.readline(), 2)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        answered = runner.run(ask())

    assert answered == b"HTTP/1.1 200 OK\r\n"
