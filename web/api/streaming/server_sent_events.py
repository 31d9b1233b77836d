"""GET /api/v1/streaming/…: one stream as server-sent events."""

import asyncio

from aiohttp import web

from models.errors import NotFound
from web.api.auth import TOKEN
from web.api.parameters import read_parameters
from web.api.streaming.hub import HUB
from web.api.streaming.messages import THUMP, Message
from web.api.streaming.probes import HEADERS, answer_probe
from web.api.streaming.streams import find_stream
from web.api.streaming.subscribers import Subscriber
from web.api.streaming.websockets import open_socket
from web.http.app_keys import INSTANCE
from web.http.client_address import visitor_network
from web.security.own_probes import is_probe

THUMP_SECONDS = 15.0

STALLED_SECONDS = 30.0
"""A client that takes nothing for so long is gone."""


async def show_health(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/streaming/health; for a request of our own, a stream or a WebSocket that says one word."""
    return await answer_probe(request) if is_probe(request) else web.Response(text="OK")


async def open_stream(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/streaming: a WebSocket, or the stream that `stream` names."""
    if request.headers.get("Upgrade", "").lower() == "websocket":
        return await open_socket(request)
    return await _send_events(request, (await read_parameters(request)).text("stream"))


async def stream_events(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/streaming/user, …/user/notification, …/public/local and so on; `tag`, `only_media`."""
    return await _send_events(request, request.match_info["stream"].strip("/").replace("/", ":"))


async def _send_events(request: web.Request, name: str) -> web.StreamResponse:
    wanted = await find_stream(request.app[INSTANCE].pool, request[TOKEN], name, await read_parameters(request))
    transport = request.transport
    if transport is None:
        raise NotFound
    if request.method == "HEAD":  # what was written after it, a proxy would take for the next answer
        return web.Response(headers=HEADERS)
    hub, watcher = (
        request.app[HUB],
        Subscriber(request[TOKEN], visitor_network(request.remote), _encode, transport.abort),
    )
    with hub.watching(watcher):
        await hub.subscribe(watcher, wanted)
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(request)
        try:
            await response.write(THUMP)
            while (found := await watcher.take(THUMP_SECONDS)) is not None:
                async with asyncio.timeout(STALLED_SECONDS):
                    await response.write(b"".join(found) or THUMP)
            await response.write_eof()
        except (ConnectionError, TimeoutError):
            transport.abort()
    return response


def _encode(message: Message, _: tuple[str, ...]) -> bytes:
    return message.for_events()
