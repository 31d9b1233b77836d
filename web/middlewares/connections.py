"""Connections that keep us waiting: a request that is begun has to be there soon, an idle connection does not stay.

aiohttp waits for ever for the rest of a head or of a body; a few thousand such halves would take all connections.
"""

import asyncio
from dataclasses import dataclass

from aiohttp import StreamReader, web
from aiohttp.typedefs import Handler

from models.errors import DeclicError


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long to wait, in seconds: for the head of a request, for its body, and between two requests.

    A body that is still coming has as much time again, as often as `rate` bytes a second have come: uploads over a poor
    line do. Between requests we wait longer than proxies, which would otherwise send one into a connection that closes.
    """

    head: float = 30.0
    body: float = 30.0
    idle: float = 150.0
    rate: int = 1024


TIMEOUTS = web.AppKey("patience", Timeouts)


class RequestTimeout(DeclicError, TimeoutError):
    """What was sent did not arrive in time."""

    status = 408


class Connection(asyncio.Protocol):
    """One connection, handed on to aiohttp's protocol; closed when the head of a request does not come to its end."""

    def __init__(self, inner: asyncio.Protocol, patience: Timeouts) -> None:
        self._inner = inner
        self._seconds = patience.head
        self._transport: asyncio.BaseTransport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._answering = False

    def begin(self) -> None:
        """The head of a request is there, and it is answered: streams may take as long as they like."""
        self._answering = True
        self._disarm()

    def end(self) -> None:
        """It was answered."""
        self._answering = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._arm()
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if not self._answering and self._timer is None:
            self._arm()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def _arm(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._close)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Server:
    """What a socket is given: it makes the protocol of each connection."""

    def __init__(self, runner: web.AppRunner, patience: Timeouts) -> None:
        assert runner.server is not None, "the runner is set up first"
        self._server, self._patience = runner.server, patience

    def __call__(self) -> Connection:
        return Connection(self._server(), self._patience)


@web.middleware
async def connection_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell the connection what goes on, and wait for the body of the request no longer than is due.

    Whoever reads the body then gets RequestTimeout, which is answered 408 before the connection closes.
    """
    connection = None if request.transport is None else request.transport.get_protocol()
    body = None if request.content.is_eof() else _Body(request.content, request.app.get(TIMEOUTS, Timeouts()))
    if isinstance(connection, Connection):
        connection.begin()
    try:
        return await handler(request)
    finally:
        if body is not None:
            body.timer.cancel()
        if isinstance(connection, Connection):
            connection.end()


class _Body:
    """A body that is not there yet."""

    def __init__(self, content: StreamReader, patience: Timeouts) -> None:
        self.content, self.patience = content, patience
        self.came = 0
        self.timer = asyncio.get_running_loop().call_later(patience.body, self.look)

    def look(self) -> None:
        if self.content.is_eof():
            return
        if self.content.total_bytes - self.came < self.patience.body * self.patience.rate:
            self.content.set_exception(RequestTimeout())
            return
        self.came = self.content.total_bytes
        self.timer = asyncio.get_running_loop().call_later(self.patience.body, self.look)
