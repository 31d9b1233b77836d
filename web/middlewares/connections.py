"""Connections that keep us waiting: a request that is begun has to be there soon, an idle connection does not stay.

aiohttp waits for ever for the rest of a head or of a body; a few thousand such halves would take all connections.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import StreamReader, hdrs, web
from aiohttp.typedefs import Handler

from models.errors import DeclicError
from web.middlewares.whole_requests import FOUND, Found, Shortcut, count_missing


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
    """One connection, handed on to aiohttp's protocol; closed when the head of a request does not come to its end.

    Whole requests may be answered by a `shortcut` while aiohttp waits for the next one, as long as it is sure that
    nothing of another one stands before them: all that was handed on so far were requests whose heads came whole, with
    the bodies that these announced, to the last byte. Two that come at once end that, for this connection.

    The first request of a connection goes the ordinary way where it is there before aiohttp waits for it: with uvloop
    nearly always. So does what follows an answer of aiohttp's at once, and what comes in pieces, as some
    of Caddy's. All that come whole after the first go the short way.
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
        self._missing = 0
        self._task: asyncio.Task[None] | None = None
        self._early = b""
        self._found: Found | None = None
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

    def take_found(self) -> Found | None:
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
        idle = not self._inner.writing_paused and self._is_waiting()
        answer = self._shortcut(data, self._transport) if idle and self._shortcut and self._transport else None
        if answer is None:
            self._sure = self._sure and self._shortcut is not None and self._follow(data)
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

    def _follow(self, data: bytes) -> bool:
        """Whether it is still sure where the next request begins."""
        missing = self._missing - len(data) if self._missing else count_missing(data)
        self._missing = missing or 0
        return missing is not None and missing >= 0

    def _is_waiting(self) -> bool:
        """Whether nothing is going on, and nothing of another request may have come: aiohttp waits for the next."""
        if not self._sure or self._missing or self._answering:
            return False
        waiter: asyncio.Future[None] | None = getattr(self._inner, "_waiter", None)
        return waiter is not None and not waiter.done()

    def _hand_on(self, data: bytes) -> None:
        if not self._answering and self._timer is None:
            self._arm()
        self._inner.data_received(data)

    async def _answer(self, data: bytes, answer: Coroutine[Any, Any, bytes | Found]) -> None:
        found: bytes | Found
        try:
            found = await answer
        except Exception as error:  # the ordinary way makes an answer of it
            found = Found(result=error)
        except BaseException:  # nobody answers it any more, nor what waits behind it
            self._task = None
            self._close()
            raise
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
        loop, until = asyncio.get_running_loop(), self._answered + self._patience.idle
        if self._transport is not None and loop.time() >= until and self._task is None and self._is_waiting():
            self._idle = None
            if self._inner.writing_paused:  # what was answered was not read since, and would be waited for
                self._transport.abort()
            else:
                self._close()
        else:  # what else goes on has its own time
            self._idle = loop.call_at(max(until, loop.time() + self._patience.idle / 10), self._close_idle)

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
        return Connection(self._server(), self._patience, None if self._shortcut is None else self._ask)

    def take_no_shortcuts(self) -> None:
        """From now on all goes the ordinary way, where aiohttp knows of it and waits for its answer."""
        self._shortcut = None

    def _ask(self, data: bytes, transport: asyncio.Transport) -> Coroutine[Any, Any, bytes | Found] | None:
        return None if self._shortcut is None else self._shortcut(data, transport)


def find_connection(request: web.BaseRequest) -> Connection | None:
    """The connection over which this came; None once it is gone, and where none of ours is around aiohttp's."""
    connection = None if request.transport is None else request.transport.get_protocol()
    return connection if isinstance(connection, Connection) else None


@web.middleware
async def connection_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell the connection what goes on, and wait for the body of the request no longer than is due.

    Whoever reads the body then gets RequestTimeout, which is answered 408 before the connection closes.
    """
    if request.method == hdrs.METH_CONNECT:
        return _refuse_tunnel()
    connection = find_connection(request)
    body = None if request.content.is_eof() else _Body(request.content, request.app.get(TIMEOUTS, Timeouts()))
    if connection is not None:
        connection.begin()
        found = connection.take_found()
        if found is not None:
            request[FOUND] = found
    try:
        return await handler(request)
    finally:
        if body is not None:
            body.timer.cancel()
        if connection is not None:
            connection.end()


def _refuse_tunnel() -> web.Response:
    """The last answer of its connection: to a proxy in front that keeps it, what follows CONNECT is the body.

    Here it would be the beginning of the next request, which is somebody else's.
    """
    response = web.Response(status=405, headers={hdrs.ALLOW: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"})
    response.force_close()
    return response


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
