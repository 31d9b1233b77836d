"""Who watches: one open connection with its streams, and what waits to be sent to it."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from models.access.tokens import Token
from web.api.streaming.messages import Message
from web.api.streaming.streams import Stream

MOST_WAITING = 200
"""So many messages wait for a slow reader; with one more it is cut off, and comes back and reads its timelines."""

Encode = Callable[[Message, tuple[str, ...]], bytes]


class Subscriber:
    """One connection. The hub puts messages in, the view that holds the connection takes them out."""

    __slots__ = ("_abort", "_encode", "_ready", "_waiting", "address", "ended", "streams", "token")

    def __init__(self, token: Token, address: str, encode: Encode, abort: Callable[[], None]) -> None:
        """`encode` makes bytes of a message for a stream of these names; `abort` cuts the connection."""
        self.token = token
        self.address = address
        self.streams: dict[Stream, tuple[str, ...]] = {}
        self.ended: str | None = None
        self._encode = encode
        self._abort = abort
        self._waiting: deque[bytes] = deque()
        self._ready: asyncio.Future[None] | None = None

    def offer(self, stream: Stream, message: Message) -> None:
        """Let this message of a stream be sent. Nobody is waited for: who is too slow is cut off."""
        if self.ended is not None:
            return
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            self.end("too slow")
            self._abort()
            return
        self._waiting.append(self._encode(message, self.streams[stream]))
        self._notify()

    def end(self, reason: str) -> None:
        """Let nothing more come; the view closes the connection once it has sent what waits."""
        if self.ended is None:
            self.ended = reason
            self._notify()

    async def take(self, seconds: float | None = None) -> list[bytes] | None:
        """What is to be sent now; an empty list after so many seconds without anything; None at the end."""
        if not self._waiting and self.ended is None:
            self._ready = asyncio.get_running_loop().create_future()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._ready
            self._ready = None
        found = list(self._waiting)
        self._waiting.clear()
        return found if found or self.ended is None else None

    def _notify(self) -> None:
        if self._ready is not None and not self._ready.done():
            self._ready.set_result(None)
