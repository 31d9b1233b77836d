"""Small servers on the loopback network for tests of the real client."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from multidict import CIMultiDict

from federation.signatures import Envelope

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Server:
    """One server, its origin, and every request that reached it."""

    url: str = ""
    requests: list[Envelope] = field(default_factory=list)

    @property
    def host(self) -> str:
        """The host with its port, as it stands in the Host header."""
        return self.url.partition("://")[2]


@asynccontextmanager
async def serve(
    handler: Handler, *, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None, name: str | None = None
) -> AsyncIterator[Server]:
    """Run `handler` for every path; `name` stands in the URL instead of the address."""
    server = Server()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        server.requests.append(
            Envelope(method=request.method, path=request.raw_path, headers=CIMultiDict(request.headers), body=body)
        )
        return await handler(request)

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, address, 0, ssl_context=tls)
    await site.start()
    port = runner.addresses[0][1]
    server.url = f"{'https' if tls else 'http'}://{name or address}:{port}"
    yield server
    await runner.cleanup()
