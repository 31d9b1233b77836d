"""GET /api/v1/streaming as a WebSocket: many streams over one connection, asked for and given up by messages."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from models.errors import DeclicError, Invalid
from models.limits import STREAM_MESSAGES
from models.store.database import Pool
from models.store.limit_memory import MemoryCounter
from web.api.auth import TOKEN, list_protocols
from web.api.parameters import Parameters, read_query
from web.api.streaming.hub import HUB, Hub
from web.api.streaming.messages import Message
from web.api.streaming.streams import find_stream, read_stream
from web.api.streaming.subscribers import Subscriber
from web.http.app_keys import INSTANCE
from web.http.client_address import visitor_network
from web.middlewares.errors import describe

PING_SECONDS = 30.0

CLOSE_SECONDS = 2.0
"""How long a client may take to say goodbye."""

MOST_BYTES = 4096
MOST_STREAMS = 50
"""Of one client: the size of a message, streams at once."""

GOING_AWAY, POLICY = 1001, 1008


async def open_socket(request: web.Request) -> web.WebSocketResponse:
    """Upgrade; with `stream` in the address (and `tag`) that stream is there from the start."""
    socket = web.WebSocketResponse(
        protocols=list_protocols(request),  # the first is the token, which browsers want to hear back
        heartbeat=PING_SECONDS,
        timeout=CLOSE_SECONDS,
        compress=False,  # each would hold a quarter of a megabyte
        max_msg_size=MOST_BYTES,
    )
    transport = request.transport
    if transport is None or not socket.can_prepare(request).ok:
        raise web.HTTPBadRequest
    hub, watcher = (
        request.app[HUB],
        Subscriber(request[TOKEN], visitor_network(request.remote), Message.for_socket, transport.abort),
    )
    pool = request.app[INSTANCE].pool
    with hub.watching(watcher):
        query = read_query(request)
        if query.text("stream"):
            await hub.subscribe(watcher, await find_stream(pool, watcher.token, query.text("stream"), query))
        await socket.prepare(request)
        sending = asyncio.create_task(_send(socket, watcher))
        try:
            await _listen(request, socket, _Conversation(pool=pool, hub=hub, watcher=watcher))
        finally:
            watcher.end("closed")
            _, stuck = await asyncio.wait([sending], timeout=CLOSE_SECONDS)
            if stuck:  # who does not take what was sent would otherwise stay for ever
                transport.abort()
            await asyncio.gather(sending, return_exceptions=True)
    return socket


async def _send(socket: web.WebSocketResponse, watcher: Subscriber) -> None:
    while (found := await watcher.take()) is not None:
        for frame in found:
            await socket.send_frame(frame, WSMsgType.TEXT)
    await socket.close(code=GOING_AWAY if watcher.ended == "stopping" else POLICY)


async def _listen(request: web.Request, socket: web.WebSocketResponse, conversation: "_Conversation") -> None:
    async for message in socket:
        if message.type is not WSMsgType.TEXT or not conversation.may_speak():
            await socket.close(code=POLICY)
            return
        try:
            await conversation.handle_command(message.data)
        except DeclicError as error:
            await socket.send_frame(orjson.dumps(describe(request, error) | {"status": error.status}), WSMsgType.TEXT)


@dataclass(slots=True, kw_only=True)
class _Conversation:
    """What one client asks for over its socket."""

    pool: Pool
    hub: Hub
    watcher: Subscriber
    counter: MemoryCounter = field(default_factory=MemoryCounter)

    def may_speak(self) -> bool:
        """Whether this client sends no more than it may."""
        return self.counter.spend(STREAM_MESSAGES, "")

    async def handle_command(self, text: str) -> None:
        """`subscribe` or `unsubscribe`. Raises Invalid and whatever keeps this client from the stream."""
        asked = _read(text)
        wanted = read_stream(self.watcher.token, asked.text("stream"), asked)
        match asked.text("type"):
            case "subscribe":
                wanted = await find_stream(self.pool, self.watcher.token, asked.text("stream"), asked)
                if len(self.watcher.streams) >= MOST_STREAMS and wanted.stream not in self.watcher.streams:
                    raise Invalid("too_many_streams_here")
                await self.hub.subscribe(self.watcher, wanted)
            case "unsubscribe":
                self.hub.unsubscribe(self.watcher, wanted.stream)
            case _:
                raise Invalid("value_not_allowed", name="type", allowed="subscribe, unsubscribe", field="type")


def _read(text: str) -> Parameters:
    try:
        document: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Invalid("json_unreadable") from error
    if not isinstance(document, dict):
        raise Invalid("json_object_expected")
    return Parameters(values={name: (str(value),) for name, value in document.items() if value is not None})
