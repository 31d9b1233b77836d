"""Clients of the streaming API: server-sent events and WebSockets, read as Mastodon's clients read them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import ClientResponse, ClientWebSocketResponse, WSMsgType

from models.store.database import Connection, transaction
from tests.web.api.conftest import Api
from web.api.streaming.hub import HUB, Hub
from web.middlewares.work_signals import WORK_SIGNAL, WorkSignal

HEALTHY_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event as a client understands it: of which stream (over a WebSocket), what, and the payload read."""

    event: str
    payload: Any
    stream: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """An open stream of server-sent events."""

    response: ClientResponse

    async def next(self) -> Told:
        """The next event; comments are skipped. Fails when nothing comes."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(HEALTHY_SECONDS):
            while line := await self.response.content.readline():
                assert b"\r" not in line
                text = line.decode().rstrip("\n")
                if text.startswith(":"):
                    continue
                if text:
                    name, _, value = text.partition(": ")
                    fields[name] = value
                elif fields:
                    return Told(event=fields["event"], payload=_read(fields["data"]))
        raise EOFError

    async def is_over(self) -> bool:
        """Whether the server has ended it, with nothing more said."""
        try:
            await self.next()
        except EOFError:
            return True
        return False


@dataclass(frozen=True, slots=True)
class Socket:
    """An open WebSocket."""

    socket: ClientWebSocketResponse

    async def next(self) -> Told:
        """The next event. Fails when nothing comes."""
        frame = await self.next_frame()
        return Told(event=frame["event"], payload=_read(frame.get("payload")), stream=frame["stream"])

    async def next_frame(self) -> Any:
        """The next frame as it came."""
        message = await self.socket.receive(timeout=HEALTHY_SECONDS)
        if message.type is not WSMsgType.TEXT:
            raise EOFError(message.data)
        return orjson.loads(message.data)

    async def subscribe(self, stream: str, **more: str) -> None:
        """Ask for another stream."""
        await self.socket.send_json({"type": "subscribe", "stream": stream, **more})

    async def unsubscribe(self, stream: str, **more: str) -> None:
        """Give one up."""
        await self.socket.send_json({"type": "unsubscribe", "stream": stream, **more})


def _read(payload: str | None) -> Any:
    return None if payload in (None, "undefined") else orjson.loads(payload)


@asynccontextmanager
async def watching(api: Api, path: str, **params: str) -> AsyncIterator[Events]:
    """A stream of server-sent events, open and heard of."""
    headers = {"Authorization": f"Bearer {api.bearer}"} if api.bearer else {}
    async with api.client.get(f"/api/v1/streaming/{path}", params=params, headers=headers) as response:
        assert response.status == 200, await response.text()
        assert response.content_type == "text/event-stream"
        assert await response.content.readline() == b":thump\n"
        yield Events(response)


@asynccontextmanager
async def connected(
    api: Api, *, headers: Mapping[str, str] | None = None, protocols: tuple[str, ...] = (), **params: str
) -> AsyncIterator[Socket]:
    """A WebSocket; its token in the header unless it is given otherwise."""
    if headers is None:
        headers = {"Authorization": f"Bearer {api.bearer}"}
    query = "&".join(f"{name}={value}" for name, value in params.items())
    async with api.client.ws_connect(f"/api/v1/streaming?{query}", headers=headers, protocols=protocols) as socket:
        yield Socket(socket)


@asynccontextmanager
async def acting(api: Api) -> AsyncIterator[Connection]:
    """A transaction of this process whose end rings the bell."""
    async with transaction(api.pool) as conn:
        yield conn
    work_signal_of(api).signal_stream()


def work_signal_of(api: Api) -> WorkSignal:
    """The bells of the server."""
    assert api.client.app is not None
    return api.client.app[WORK_SIGNAL]


def hub_of(api: Api) -> Hub:
    """All streams of the server."""
    assert api.client.app is not None
    return api.client.app[HUB]
