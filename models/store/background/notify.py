"""`announce` and `listen`: hints between processes over NOTIFY, never the truth."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import orjson
import structlog

from models.store.background.beats import until_beat
from models.store.database import LOST, UNREACHED, Connection

log = structlog.get_logger(__name__)

LIMIT = 7900
"""PostgreSQL refuses payloads of 8000 bytes or more: send ids, listeners read the rows again."""

RETRY_SECONDS = 1.0

PROVE_SECONDS = 30.0
"""A link that died silently is noticed this soon."""


async def announce(conn: Connection, channel: str, payload: Any = None) -> None:
    """Tell all listeners of `channel` when the caller's transaction commits; `payload` is small and JSON.

    A commit with a NOTIFY waits for every other one (a lock of the whole server), so nothing that happens
    hundreds of times a second may announce itself: see `Waker` for the queues.
    """
    text = orjson.dumps(payload)
    if len(text) > LIMIT:
        raise ValueError(f"the payload for {channel} is too long to be announced: send ids only")
    await conn.execute("SELECT pg_notify($1, $2)", channel, text.decode())


class NotifyListener:
    """Everything announced on some channels, over a connection of its own that is renewed when it is lost.

    What is announced while the link is down is lost. `None` is put in the queue each time the link comes
    (back), so that the reader looks at the tables again; a reader also looks every few seconds by itself.
    """

    def __init__(self, dsn: str, channels: tuple[str, ...], *, size: int = 1000) -> None:
        """`size` messages wait for a slow reader; when there are more, all give way to one `None`."""
        self._dsn = dsn
        self._channels = channels
        self._queue: asyncio.Queue[tuple[str, Any] | None] = asyncio.Queue(size)
        self._failure: BaseException | None = None
        self._lost = False

    async def get(self, wait_seconds: float | None = None) -> tuple[str, Any] | None:
        """The next (channel, payload); None when something may have been missed, or after `wait_seconds`.

        Raises what the link failed with, other than that it was lost: nothing comes any more.
        """
        message = None
        if wait_seconds is None:
            message = await self._queue.get()
        else:
            with suppress(TimeoutError):
                message = await asyncio.wait_for(self._queue.get(), wait_seconds)
        if message is None and self._failure is not None:
            raise self._failure
        return message

    async def run(self) -> None:
        """Hold the link until cancelled."""
        while True:
            try:
                await self._hold()
            except UNREACHED as error:
                if not self._lost:  # said once, however often it is tried
                    log.info("events_link_lost", cause=str(error) or type(error).__name__)
                self._lost = True
            await asyncio.sleep(RETRY_SECONDS)

    async def _hold(self) -> None:
        lost = asyncio.Event()
        conn = await asyncpg.connect(self._dsn, timeout=10, server_settings={"application_name": "declic events"})
        try:
            conn.add_termination_listener(lambda _: lost.set())
            for channel in self._channels:
                await conn.add_listener(channel, self._take)
            self._put(None)
            if self._lost:
                log.info("events_link_back")
            self._lost = False
            while not lost.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), until_beat(PROVE_SECONDS))
                if not lost.is_set():
                    await conn.execute("SELECT 1", timeout=10)  # a link that died silently is noticed here
        finally:
            with suppress(*LOST, TimeoutError):
                await conn.close(timeout=2)

    def end(self, run: "asyncio.Task[None]") -> None:
        """`run` is over: whoever reads learns of it, unless it was only cancelled."""
        if not run.cancelled() and run.exception() is not None:
            self._failure = run.exception()
            self._put(None)

    def _take(self, _: Connection, __: int, channel: str, payload: object) -> None:
        try:
            message = (channel, orjson.loads(str(payload)))
        except orjson.JSONDecodeError:  # somebody else's NOTIFY, or a newer version's
            message = None
        self._put(message)

    def _put(self, message: tuple[str, Any] | None) -> None:
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            self._queue.put_nowait(None)
        self._queue.put_nowait(message)


@asynccontextmanager
async def listen(dsn: str, *channels: str) -> AsyncIterator[NotifyListener]:
    """A listener for as long as the block lasts."""
    listener = NotifyListener(dsn, channels)
    task = asyncio.create_task(listener.run(), name=f"listen {' '.join(channels)}")
    task.add_done_callback(listener.end)
    try:
        yield listener
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
