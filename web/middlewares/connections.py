"""Connections that keep us waiting: a request that is begun has to be there soon, an idle connection does not stay.

aiohttp waits for ever for the rest of a head or of a body; a few thousand such halves would take all connections.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, cast

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


Shortcut = Callable[[bytes, asyncio.Transport], "Coroutine[Any, Any, object] | None"]
"""Asked of what came while nothing else was going on: None, or what answers it, being one whole request.

It ends with the bytes of the answer; or with anything else that it found out, which is handed on together with the
request, on the ordinary way, to whoever says it (`take_found`).
"""

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*(?=\r\n)")


def is_whole(data: bytes) -> bool:
    """Whether this is one request from its first byte to its last, for all that can be seen from outside."""
    head, end, body = data.partition(b"\r\n\r\n")
    head = head.lower() + b"\r\n"
    lengths = _LENGTH.findall(head)
    if not end or len(lengths) > 1 or len(lengths) != head.count(b"\r\ncontent-length"):
        return False
    if b"\r\ntransfer-encoding" in head or b"\r\nupgrade" in head:
        return False
    return len(body) == (int(lengths[0]) if lengths else 0)


class Connection(asyncio.Protocol):
    """One connection, handed on to aiohttp's protocol; closed when the head of a request does not come to its end.

    Whole requests may be answered by a `shortcut` while aiohttp waits for the next one, as long as it is sure that
    nothing of another one stands before them: all that was handed on so far came as whole requests. (The first one of a
    connection comes before aiohttp waits for it, and so does what follows an answer at once.)
    """

    def __init__(self, inner: web.RequestHandler, patience: Timeouts, shortcut: Shortcut | None = None) -> None:
        self._inner = inner
        self._patience = patience
        self._shortcut = shortcut
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._answering = False
        self._sure = True
        self._task: asyncio.Task[None] | None = None
        self._early = b""
        self._found: object = None
        self._answered = 0.0

    def begin(self) -> None:
        """The head of a request is there, and it is answered: streams may take as long as they like."""
        self._answering = True
        self._disarm()

    def end(self) -> None:
        """It was answered."""
        self._answering = False
        self._found = None  # whether anybody asked for it or not, it was of this request
        self._answered = asyncio.get_running_loop().time()

    def take_found(self) -> object:
        """What the shortcut found out of the request that is answered now, once."""
        found, self._found = self._found, None
        return found

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's says of itself that it is a base only
        self._arm()
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self._task is not None:  # what comes before the answer waits for it; more than this is not read
            self._early += data
            if self._transport is not None:
                self._transport.pause_reading()
            return
        idle = self._is_idle()
        answer = self._shortcut(data, self._transport) if idle and self._shortcut and self._transport else None
        if answer is None:
            self._sure = self._sure and self._shortcut is not None and is_whole(data)
            self._hand_on(data)
            return
        self._disarm()
        self._inner.keep_alive(True)  # it knows nothing of this, and would close what it believes to be idle
        self._task = asyncio.get_running_loop().create_task(self._answer(data, answer))

    def eof_received(self) -> None:
        self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        if self._idle is not None:
            self._idle.cancel()
        self._transport = None
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def _is_idle(self) -> bool:
        """Whether nothing is going on, and nothing of another request may have come: aiohttp waits for the next."""
        if not self._sure or self._answering or self._inner.writing_paused:
            return False
        waiter: asyncio.Future[None] | None = getattr(self._inner, "_waiter", None)
        return waiter is not None and not waiter.done()

    def _hand_on(self, data: bytes) -> None:
        if not self._answering and self._timer is None:
            self._arm()
        self._inner.data_received(data)

    async def _answer(self, data: bytes, answer: Coroutine[Any, Any, object]) -> None:
        try:
            found = await answer
        except Exception as error:  # the ordinary way makes an answer of it
            found = error
        self._task = None
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if isinstance(found, bytes):
            transport.write(found)
            self._stay()
        else:
            self._found = found
            self._hand_on(data)
        if self._early:
            data, self._early = self._early, b""
            transport.resume_reading()
            self.data_received(data)

    def _stay(self) -> None:
        """Keep the connection for the next request, but not for ever."""
        loop = asyncio.get_running_loop()
        self._answered = loop.time()
        if self._idle is None:
            self._idle = loop.call_at(self._answered + self._patience.idle, self._close_idle)

    def _close_idle(self) -> None:
        self._idle = None
        loop, until = asyncio.get_running_loop(), self._answered + self._patience.idle
        if self._task is not None or loop.time() < until:
            self._idle = loop.call_at(max(until, loop.time() + 1), self._close_idle)
        elif self._is_idle():  # anything else that goes on has its own time
            self._close()

    def _arm(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._patience.head, self._close)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Server:
    """What a socket is given: it makes the protocol of each connection."""

    def __init__(self, runner: web.AppRunner, patience: Timeouts, shortcut: Shortcut | None = None) -> None:
        assert runner.server is not None, "the runner is set up first"
        self._server, self._patience, self._shortcut = runner.server, patience, shortcut

    def __call__(self) -> Connection:
        return Connection(self._server(), self._patience, self._shortcut)


def find_connection(request: web.BaseRequest) -> Connection | None:
    """The connection over which this came; None once it is gone, and where none of ours is around aiohttp's."""
    connection = None if request.transport is None else request.transport.get_protocol()
    return connection if isinstance(connection, Connection) else None


@web.middleware
async def connection_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell the connection what goes on, and wait for the body of the request no longer than is due.

    Whoever reads the body then gets RequestTimeout, which is answered 408 before the connection closes.
    """
    connection = find_connection(request)
    body = None if request.content.is_eof() else _Body(request.content, request.app.get(TIMEOUTS, Timeouts()))
    if connection is not None:
        connection.begin()
    try:
        return await handler(request)
    finally:
        if body is not None:
            body.timer.cancel()
        if connection is not None:
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
