"""`Hub`: all streams of one process. It reads what was committed, anywhere, and hands it to those who watch."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from aiohttp import web

from models.access import tokens
from models.errors import Refusal, Unavailable
from models.lazy import lazily
from models.store.background import stream_events
from models.store.background.beats import until_beat
from models.store.background.stream_events import KEPT_SECONDS
from models.store.database import Pool, connection
from web.api.entities.values import EntityContext
from web.api.streaming.messages import Delivery
from web.api.streaming.streams import Stream, StreamRequest
from web.api.streaming.subscribers import Subscriber
from web.middlewares.work_signals import WorkSignal

with lazily():  # every shape that apps are told of: for whoever watches
    from web.api.streaming import fan_out

log = structlog.get_logger(__name__)

POLL_SECONDS = 5.0
"""Events are looked for this often even without a signal."""

BREATH_SECONDS = 0.02
"""Between two looks: what comes meanwhile is read together."""

TOKENS_SECONDS = 10.0
"""Tokens are looked at this often even when nobody said that one ended."""

MOST = 5_000
MOST_OF_ACCOUNT = 40
MOST_OF_ADDRESS = 500
"""Connections of this process: in all, of one account or application, of one network address (many may share one)."""

MOST_EVENTS = 5_000
AT_ONCE = 25
"""Events that are read, and worked on, together: pages wait for no more. With more than the first, all come again."""


class TooManyStreams(Refusal):
    """There are too many streams open; close some, or try again later."""

    status = 429
    code = "too_many_streams"


class Hub:
    """Who watches what in this process, and how far its events are read.

    Nothing is read while nobody watches. All that is committed after somebody joined reaches her: the position in
    the events is from before that, and only what was told moves it on.
    """

    def __init__(self, pool: Pool, look: EntityContext, work_signal: WorkSignal) -> None:
        """`work_signal` says when something may have happened."""
        self._pool = pool
        self._look = look
        self._work_signal = work_signal
        self._watchers: set[Subscriber] = set()
        self._by_stream: dict[Stream, set[Subscriber]] = {}
        self._accounts: Counter[tuple[str, int]] = Counter()
        self._addresses: Counter[str] = Counter()
        self._position: str | None = None
        self._joining = asyncio.Lock()
        self._read_at = time.monotonic()
        self._checked_at = time.monotonic()
        self._closed = False

    @property
    def size(self) -> int:
        """How many watch."""
        return len(self._watchers)

    @contextmanager
    def watching(self, watcher: Subscriber) -> Iterator[None]:
        """A place for this connection. Raises TooManyStreams."""
        account = ("account", watcher.token.actor_id) if watcher.token.actor_id else ("token", watcher.token.id)
        full = (
            len(self._watchers) >= MOST
            or self._accounts[account] >= MOST_OF_ACCOUNT
            or self._addresses[watcher.address] >= MOST_OF_ADDRESS
        )
        if full:
            raise TooManyStreams
        self._watchers.add(watcher)
        self._accounts[account] += 1
        self._addresses[watcher.address] += 1
        if self._closed:
            watcher.end("stopping")
        try:
            yield
        finally:
            for stream in list(watcher.streams):
                self.unsubscribe(watcher, stream)
            self._watchers.discard(watcher)
            self._accounts -= Counter([account])
            self._addresses -= Counter([watcher.address])

    async def subscribe(self, watcher: Subscriber, wanted: StreamRequest) -> None:
        """Let the watcher have a stream: everything that is committed from now on. Raises Unavailable."""
        async with self._joining:
            if self._position is None:
                async with connection(self._pool) as conn:
                    self._position = await stream_events.read_position(conn)
                self._read_at = time.monotonic()
        watcher.streams[wanted.stream] = wanted.names
        self._by_stream.setdefault(wanted.stream, set()).add(watcher)

    def unsubscribe(self, watcher: Subscriber, stream: Stream) -> None:
        """Let the watcher have it no more."""
        if watcher.streams.pop(stream, None) is None:
            return
        self._by_stream[stream].discard(watcher)
        if not self._by_stream[stream]:
            del self._by_stream[stream]
        if not self._by_stream:
            self._position = None

    def close(self) -> None:
        """End all streams: the process stops."""
        self._closed = True
        self._end_all("stopping")

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(until_beat(POLL_SECONDS)):
                    await self._work_signal.stream.wait()
            self._work_signal.stream.clear()
            try:
                await self._check_tokens()  # first: nothing is told to whoever was shut out before it happened
                await self.publish_events()
            except Unavailable as error:  # read again from the same position
                log.debug("streams_wait_for_database", cause=str(error.__cause__ or error))
            except Exception:
                self._end_all("failed")  # they come again, and read their timelines
                self._position = None
                raise
            await asyncio.sleep(BREATH_SECONDS)

    async def publish_events(self) -> None:
        """Read what was committed since the last time, and hand it on."""
        position = self._position
        if position is None:
            return
        async with connection(self._pool) as conn:
            reached, events = await stream_events.list_since(conn, position, MOST_EVENTS + 1)
            if len(events) > MOST_EVENTS or time.monotonic() - self._read_at > KEPT_SECONDS / 2:
                log.warning("streams_fell_behind", events=len(events))
                self._end_all("fell behind")
                events = []
            for start in range(0, len(events), AT_ONCE):
                found = await fan_out.load_deliveries(
                    conn, self._look, self._by_stream, events[start : start + AT_ONCE]
                )
                for delivery in found:
                    self.publish(delivery)
        self._read_at = time.monotonic()
        if self._position == position:
            self._position = reached

    def publish(self, delivery: Delivery) -> None:
        """Put a message before everybody who is to get it."""
        for stream in delivery.streams:
            for watcher in self._by_stream.get(stream, ()):
                if delivery.scope is not None and not watcher.token.allows(delivery.scope):
                    continue
                message = delivery.choose(watcher.token.actor_id)
                if message is not None:
                    watcher.offer(stream, message)

    async def _check_tokens(self) -> None:
        """End the streams of tokens that were revoked, and of accounts that may not log in any more."""
        if not self._work_signal.tokens.is_set() and time.monotonic() - self._checked_at < TOKENS_SECONDS:
            return
        self._work_signal.tokens.clear()
        self._checked_at = time.monotonic()
        watching = list(self._watchers)
        if not watching:
            return
        async with connection(self._pool) as conn:
            living = await tokens.filter_living(conn, list({watcher.token.id for watcher in watching}))
        for watcher in watching:
            if watcher.token.id not in living:
                watcher.end("token ended")

    def _end_all(self, reason: str) -> None:
        for watcher in self._watchers:
            watcher.end(reason)


HUB = web.AppKey("hub", Hub)
