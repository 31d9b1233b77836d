"""Streams that we ask of ourselves, to see whether the web server in front of us passes them as they come."""

import asyncio

from aiohttp import web

from web.api.streaming.messages import THUMP
from web.security.own_probes import require_probe

HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "private, no-store",
    "X-Accel-Buffering": "no",  # nginx passes on what comes, when it comes
}
"""Those of every stream."""

CLOSE_SECONDS = 1.0
"""So long we wait to hear that it ended."""

THUMPS, EACH_SECONDS = 10, 0.5
"""So often something is said, for a server in front of us that holds back what is little; whoever heard it goes."""


async def answer_probe(request: web.Request) -> web.StreamResponse:
    """As a WebSocket that ends at once, or as events for some seconds. Raises NotFound for whoever is not ourselves."""
    await require_probe(request)
    socket = web.WebSocketResponse(compress=False, timeout=CLOSE_SECONDS)
    if request.headers.get("Upgrade", "").lower() == "websocket" and socket.can_prepare(request).ok:
        await socket.prepare(request)
        await socket.close()
        return socket
    response = web.StreamResponse(headers=HEADERS)
    await response.prepare(request)
    try:
        for _ in range(THUMPS):
            await response.write(THUMP)
            await asyncio.sleep(EACH_SECONDS)
        await response.write_eof()
    except ConnectionError:
        pass  # heard, and gone
    return response
