"""An HTTP request as the layers below know it."""

from aiohttp import web

from federation.signatures import Envelope


def read_envelope(request: web.Request, body: bytes = b"") -> Envelope:
    """Method, path with its query as it came over the wire, headers and body."""
    return Envelope(method=request.method, path=request.raw_path, headers=request.headers.copy(), body=body)
