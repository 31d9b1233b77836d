"""What of our own requests arrives through the web server in front of us; for nobody else (`security/own_probes`)."""

from aiohttp import web

from web.security.own_probes import require_probe

PART = b"part"
"""What is answered to whoever asks for a part."""


async def show_front(request: web.Request) -> web.Response:
    """GET /healthz/front: the name that was asked for, and who seems to ask; or a part, where one is asked for."""
    await require_probe(request)
    if request.headers.get("Range"):
        headers = {"Content-Range": f"bytes 0-{len(PART) - 1}/{2 * len(PART)}", "Accept-Ranges": "bytes"}
        return web.Response(status=206, body=PART, content_type="application/octet-stream", headers=headers)
    peer = request.transport.get_extra_info("peername") if request.transport is not None else None
    return web.json_response(
        {
            "host": request.headers.get("Host", ""),
            "peer": peer[0] if isinstance(peer, tuple) else "",
            "forwarded": ",".join(request.headers.getall("X-Forwarded-For", [])),
            "scheme": request.headers.get("X-Forwarded-Proto", ""),
        }
    )


async def post_front(request: web.Request) -> web.Response:
    """POST /healthz/front: how many bytes arrive; they are kept nowhere."""
    await require_probe(request)
    size = 0
    try:
        async for piece in request.content.iter_any():
            size += len(piece)
    except ConnectionError:
        return web.Response(status=400)  # the server in front had enough of it, and hears no answer
    return web.json_response({"size": size})


ROUTES: list[web.RouteDef] = [
    web.get("/healthz/front", show_front),
    web.post("/healthz/front", post_front),
]
