"""An activity that comes as one whole request, and is taken in, is answered without aiohttp's application around it.

That is nearly all that comes over connections that are kept (`Connection` says what does not), and saves a third of
what its answer takes. The head is read by the same parser.
Whatever is out of the ordinary goes the ordinary way (`inbox_fork`), where errors become answers: before anything of it
was looked at, or together with what was found out here, so that nothing is done twice.
"""

import re
import time
from asyncio import Transport, get_running_loop
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import hdrs, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.helpers import rfc822_formatted_time
from aiohttp.http import SERVER_SOFTWARE, HttpProcessingError, HttpRequestParser, RawRequestMessage
from multidict import MultiMapping

from federation.signatures import Envelope, is_signed
from models.lazy import lazily
from models.limits import UNPROVEN_POSTS
from web.activitypub.inbox_fork import find_sender_network
from web.http.app_keys import INSTANCE
from web.middlewares.errors import find_problem
from web.middlewares.rate_limits import RATE_LIMITS
from web.middlewares.requests import IN_FLIGHT, count_answer, find_request_id, list_bare_headers, write_answered
from web.middlewares.whole_requests import NOTHING, Found
from web.middlewares.work_signals import WORK_SIGNAL

with lazily():
    from inbox.receiving import receive
    from web.activitypub import inbox

MOST_BYTES = 64 * 1024
"""What is longer goes the ordinary way, however it comes."""

_BEGINNING = re.compile(rb"POST /(?:users/([a-z0-9_]{1,30})/)?inbox HTTP/1\.1\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One whole request to an inbox; `owner` is whose it is, None for the shared one. `remote` sent it."""

    owner: str | None
    envelope: Envelope
    remote: str

    @property
    def headers(self) -> MultiMapping[str]:
        """Those of the request."""
        return self.envelope.headers


class InboxShortcut:
    """What connections ask first, of what came (`middlewares/connections`): for one application."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._parser = _make_parser()
        self._head = "".join(
            f"{name}: {value}\r\n" for name, value in list_bare_headers(app[INSTANCE].settings).items()
        )

    def __call__(self, data: bytes, transport: Transport) -> Coroutine[Any, Any, bytes | Found] | None:
        """What answers this, where it is one whole request to an inbox that is signed; None leaves it to aiohttp."""
        begun = _BEGINNING.match(data)
        if begun is None or len(data) > MOST_BYTES:
            return None
        read = self._read(data)
        if read is None:
            return None
        message, body = read
        envelope = Envelope(method="POST", path=message.path, headers=message.headers.copy(), body=body)
        if not is_signed(envelope):
            return None
        owner = begun[1].decode("ascii") if begun[1] else None
        return self._answer(Posted(owner=owner, envelope=envelope, remote=_read_remote(transport)), transport)

    def _read(self, data: bytes) -> tuple[RawRequestMessage, bytes] | None:
        """The head and the body, where the parser too finds one whole request in it that is nothing unusual."""
        try:
            messages, _, _ = self._parser.feed_data(data)
        except HttpProcessingError:  # aiohttp's own will find the same, and say so
            messages = []
        if len(messages) == 1:
            message, payload = messages[0]
            body = data[data.index(b"\r\n\r\n") + 4 :]
            if payload.is_eof() and payload.total_bytes == len(body):
                return None if _is_unusual(message) else (message, body)
        self._parser = _make_parser()  # this one may be in the middle of something
        return None

    async def _answer(self, posted: Posted, transport: Transport) -> bytes | Found:
        """The bytes of the answer; or what was found out, for the ordinary way to say."""
        started, request_id = time.perf_counter(), find_request_id(posted.headers)
        structlog.contextvars.bind_contextvars(request=request_id)  # of this task, which ends with the answer
        network = self._find_network(posted)
        spent = network is not None and self._app[RATE_LIMITS].counter.spend(UNPROVEN_POSTS, network)
        result = await self._take_in(posted) if spent or network is None else None  # which is refused there too
        taken = isinstance(result, receive.Outcome) and result.status == 202
        if not taken and not transport.is_closing():  # whoever says it counts it
            return Found(result=result, request_id=request_id, started=started, spent=spent)
        if network is not None:
            self._give_back(network, result)
        if not taken:
            self._count_unheard(posted, result, time.perf_counter() - started)
            return NOTHING
        count_answer(self._app[INSTANCE].tallies, "inbox", 202, time.perf_counter() - started)
        self._app[WORK_SIGNAL].signal_received()
        return self._write_accepted(request_id)

    def _give_back(self, network: str, result: object) -> None:
        """What was counted of a network does not count once it is proven who sends it."""
        if isinstance(result, receive.Outcome) and result.proven:
            self._app[RATE_LIMITS].counter.give_back(UNPROVEN_POSTS, network)

    def _count_unheard(self, posted: Posted, result: object, seconds: float) -> None:
        """Nobody is there any more to hear it: count it and write its line all the same."""
        route = "/users/{username}/inbox" if posted.owner else "/inbox"
        status = _find_status(route, result)
        count_answer(self._app[INSTANCE].tallies, "inbox", status, seconds)
        write_answered("POST", route, status, seconds, quiet=status < 400)

    def _find_network(self, posted: Posted) -> str | None:
        """Which network is counted until it is proven who sends this."""
        counted = self._app[RATE_LIMITS].limits is not None
        return find_sender_network(posted, self._app[INSTANCE].settings) if counted else None

    async def _take_in(self, posted: Posted) -> object:
        """What becomes of it, waited for at a stop."""
        in_flight = self._app[IN_FLIGHT]
        in_flight.add(id(posted))
        try:
            return await inbox.take_in(self._app[INSTANCE], posted.envelope, posted.owner)
        except Exception as error:
            return error
        finally:
            in_flight.discard(id(posted))

    def _write_accepted(self, request_id: str) -> bytes:
        return (
            f"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nX-Request-Id: {request_id}\r\n{self._head}"
            f"Date: {rfc822_formatted_time()}\r\nServer: {SERVER_SOFTWARE}\r\n\r\n"
        ).encode("ascii")


def make_shortcut(app: web.Application) -> InboxShortcut | None:
    """The shortcut of an application; None where its log is to have a line of every request."""
    return None if app[INSTANCE].settings.log_level == "debug" else InboxShortcut(app)


def _make_parser() -> HttpRequestParser:
    """As aiohttp's own, but for bodies, which are never waited for."""
    loop = get_running_loop()
    return HttpRequestParser(BaseProtocol(loop), loop, MOST_BYTES, auto_decompress=False)


def _find_status(route: str, result: object) -> int:
    """What the ordinary way would answer; errors that are our own it writes to the log."""
    if isinstance(result, receive.Outcome):
        return result.status
    if isinstance(result, Exception):
        problem = find_problem(route, result)
        return 500 if problem is None else problem.status
    return web.HTTPTooManyRequests.status_code


def _is_unusual(message: RawRequestMessage) -> bool:
    """Whether it says more about itself than that there is a body."""
    headers = message.headers
    if message.should_close or message.upgrade or message.chunked:
        return True
    return hdrs.CONTENT_ENCODING in headers or hdrs.EXPECT in headers


def _read_remote(transport: Transport) -> str:
    """Who is at the other end, as `web.BaseRequest.remote` says it."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, list | tuple) else str(peer or "")
