"""One connection to a server as `declic serve` makes it, on the loop that it uses."""

import asyncio
import inspect
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import uvloop
from aiohttp import web

from federation.instance import Instance
from models.store.database import Pool, open_pool
from tests.bench.load import Request
from tests.fediverse import FakeFediverse, Person, sign_post
from tests.web.small_app import make_instance
from web.activitypub.inbox_shortcut import InboxShortcut
from web.middlewares.connections import Server, Timeouts
from web.server.app import make_app

PATIENCE = Timeouts(head=60, body=60, idle=0.3)


@dataclass(slots=True, kw_only=True)
class Line:
    """The connection, and what stands at its other end."""

    app: web.Application
    runner: web.AppRunner
    made: Server
    address: tuple[str, int]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    before: int = 0

    @property
    def instance(self) -> Instance:
        """The one that answers."""
        return next(value for value in self.app.values() if isinstance(value, Instance))

    @property
    def fediverse(self) -> FakeFediverse:
        """Everybody else."""
        assert isinstance(self.instance.transport, FakeFediverse)
        return self.instance.transport

    @property
    def by_aiohttp(self) -> int:
        """How many requests aiohttp has answered since the beginning."""
        assert self.runner.server is not None
        return self.runner.server.requests_count - self.before

    def sign(self, person: Person, number: int = 1, path: str = "/inbox", **changes: str) -> Request:
        """A Like of theirs, and what is changed of its headers after it was signed."""
        like = {"id": f"{person.uri}/likes/{number}", "type": "Like", "actor": person.uri}
        envelope = sign_post(self.instance.site, path, like | {"object": f"{person.uri}/notes/1"}, person.signer)
        return Request("POST", path, dict(envelope.headers) | changes, envelope.body)

    async def connect(self) -> None:
        """Another connection in place of this one."""
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()
        self.reader, self.writer = await asyncio.open_connection(*self.address)

    async def send(self, *pieces: bytes) -> bytes:
        """Send these, one after the other, and read one answer."""
        for piece in pieces:
            self.writer.write(piece)
            await asyncio.sleep(0.02 if len(pieces) > 1 else 0)
        return await self.read()

    async def read(self) -> bytes:
        """One answer."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        return head + await self.reader.readexactly(length)


def in_two(request: Request) -> tuple[bytes, bytes]:
    """Its head, and what follows: so it goes the ordinary way."""
    head, end, body = request.to_bytes().partition(b"\r\n\r\n")
    return head + end, body


@asynccontextmanager
async def open_line(pool: Pool) -> AsyncIterator[Line]:
    """The connection, over which one page was asked for: so aiohttp waits for what comes next."""
    app = make_app(make_instance(pool))
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=PATIENCE.idle, shutdown_timeout=0.1)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    made = Server(runner, PATIENCE, InboxShortcut(app))
    server = await asyncio.get_running_loop().create_server(made, sock=listener)
    address = listener.getsockname()
    reader, writer = await asyncio.open_connection(*address)
    line = Line(app=app, runner=runner, made=made, address=address, reader=reader, writer=writer)
    await line.send(b"GET /healthz HTTP/1.1\r\nHost: lomme.test\r\n\r\n")
    line.before = line.by_aiohttp
    yield line
    line.writer.close()
    with suppress(ConnectionError):
        await line.writer.wait_closed()
    server.close()
    await runner.cleanup()


def on_uvloop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run a test on the loop that servers use, with a `line` of its own there, and `bob`, who is elsewhere."""

    def run(database_url: str, **given: Any) -> None:
        async def go() -> None:
            pool = await open_pool(database_url, size=4)
            async with open_line(pool) as line:
                await test(line, line.fediverse.add_person(), **given)
            await pool.close()

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(go())

    names = [one for name, one in inspect.signature(test).parameters.items() if name not in {"line", "bob"}]
    url = inspect.Parameter("database_url", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
    run.__signature__ = inspect.Signature([url, *names])  # type: ignore[attr-defined]  # what pytest looks at first
    return run
