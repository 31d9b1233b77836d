"""A web server in front of an instance that passes on what comes, but for what a test has it change, refuse or hold."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp.test_utils import TestServer

from models.store.database import Pool
from tests.certificates import DAY, Authority
from tests.web.actions.doctor.patients import say
from tests.web.small_app import make_instance
from web.actions.doctor.findings import Patient
from web.server.app import make_app

Lines = list[str]

VISITOR = "203.0.113.9"


def forward(lines: Lines) -> Lines:
    """As it should be: the name as it was asked for, the visitor's address in the place of what she says."""
    kept = [line for line in lines if not line.lower().startswith("x-forwarded-")]
    return [*kept, f"X-Forwarded-For: {VISITOR}", "X-Forwarded-Proto: https"]


@dataclass
class FrontServer:
    """`change` makes the lines of a request's head anew; more than `most` bytes are refused; `holds` keeps answers back
    until they are whole, but for what is no HTTP any more. More than `closes` bytes close the door.
    """

    port: int = 0
    behind: int = 0
    change: Callable[[Lines], Lines] = forward
    most: int | None = None
    closes: int | None = None
    holds: bool = False
    paths: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
            self.paths.append(head[0])
            size = next((int(line[15:]) for line in head if line.lower().startswith("content-length:")), 0)
            if self.closes is not None and size > self.closes:
                pass
            elif self.most is not None and size > self.most:
                writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
            else:
                await self._pass(reader, writer, [head[0], *self.change(head[1:])])
        writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: Lines) -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", self.behind)
        forth.write("\r\n".join([*head, "", ""]).encode())
        up = asyncio.create_task(_bring(reader, forth))
        if self.holds and "Upgrade: websocket" not in head:
            writer.write(await back.read())
            await writer.drain()
        else:
            await _pipe(back, writer)
        up.cancel()
        forth.close()


async def _bring(reader: asyncio.StreamReader, forth: asyncio.StreamWriter) -> None:
    """What the client says; and that it is gone."""
    await _pipe(reader, forth)
    forth.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()


@asynccontextmanager
async def fronted(pool: Pool, authority: Authority, **settings: Any) -> AsyncIterator[tuple[FrontServer, Patient]]:
    """An instance behind such a server, at an address in https."""
    front = FrontServer()
    listening = await asyncio.start_server(
        front.serve, "127.0.0.1", 0, ssl=authority.issue("localhost", ends=90 * DAY).context
    )
    front.port = listening.sockets[0].getsockname()[1]
    given = {"trusted_proxies": ("127.0.0.0/8",), **settings}
    instance = make_instance(pool, url=f"https://localhost:{front.port}", ca_file=authority.ca_file, **given)
    async with TestServer(make_app(instance)) as server:
        front.behind = server.port or 0
        yield front, Patient(settings=instance.settings, say=say, instance=instance)
    listening.close()
