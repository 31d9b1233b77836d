"""Small servers on the loopback network for tests of the real client."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web
from multidict import CIMultiDict

from federation.signatures import Envelope, PublicKey, SignatureScheme
from models.settings import Site
from tests.fediverse import make_signer
from tests.signature_check import verify

ALICE = make_signer("https://lomme.test/users/alice#main-key")
ALICE_KEY = PublicKey(uri=ALICE.key_id, owner="https://lomme.test/users/alice", key=ALICE.private_key.public_key())

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


def answer_in_turn(*statuses: int, **headers: str) -> Handler:
    """A handler that gives these statuses in turn, the last one for ever."""
    waiting = list(statuses)

    async def handle(request: web.BaseRequest) -> web.Response:
        status = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return web.Response(status=status, headers={key.replace("_", "-"): value for key, value in headers.items()})

    return handle


def is_signed_for(server: Server, request: Envelope) -> bool:
    """Whether this request that reached the server carries a signature by ALICE that holds there."""
    return verify(request, ALICE_KEY, Site(url=server.url, host=server.host), datetime.now(UTC))


class Memory:
    """Remembers in a dict how hosts want requests signed."""

    def __init__(self) -> None:
        self.known: dict[str, SignatureScheme] = {}
        self.taken: set[str] = set()
        self.asked: list[str] = []

    async def is_known(self, host: str) -> bool:
        return host in self.taken or host in self.known

    async def find(self, host: str) -> SignatureScheme | None:
        self.asked.append(host)
        return self.known.get(host)

    async def keep(self, host: str, scheme: SignatureScheme) -> None:
        self.known[host] = scheme
