"""Tell the workers that there is something to do: at once in this process, by a few NOTIFYs in the others."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import structlog
from aiohttp import web

from models.access.tokens import CHANNEL as TOKENS
from models.errors import Unavailable
from models.store.background.notify import announce
from models.store.background.stream_events import CHANNEL as STREAM
from models.store.database import Pool, connection

log = structlog.get_logger(__name__)

CHANNEL = "declic_work"

CHANNELS = (CHANNEL, STREAM, TOKENS)
"""What every process listens to."""

PAUSE_SECONDS = 0.05
"""At most one NOTIFY per this time: each makes all commits of the database wait for one another."""


class WorkSignal:
    """The events of one process. Set after a commit, never in it; a lost signal costs a few seconds, no work."""

    def __init__(self, pool: Pool) -> None:
        """`id` tells our own announcements from those of other processes."""
        self.id: UUID = uuid4()
        self.received = asyncio.Event()
        self.delivery = asyncio.Event()
        self.stream = asyncio.Event()
        self.tokens = asyncio.Event()
        self.used = asyncio.Event()
        self._pool = pool
        self._channels: set[str] = set()
        self._asked = asyncio.Event()

    def signal_received(self) -> None:
        """An activity was put in the queue."""
        self.received.set()
        self._ask(CHANNEL)

    def signal_delivery(self) -> None:
        """Something may have to be delivered."""
        self.delivery.set()
        self._ask(CHANNEL)

    def signal_use(self) -> None:
        """Somebody does something here: sooner or later something is to be sent."""
        self.used.set()

    def signal_stream(self) -> None:
        """Something may have happened that streams tell of."""
        self.stream.set()
        self._ask(STREAM)

    def _ask(self, channel: str) -> None:
        self._channels.add(channel)
        self._asked.set()

    def signal_here(self) -> None:
        """Another process has work for us, or may have."""
        self.received.set()
        self.delivery.set()

    def receive(self, message: tuple[str, Any] | None) -> None:
        """Set here what another process signalled; everything when signals may have been missed (None)."""
        channel, sender = message or (None, None)
        if sender == str(self.id):
            return
        if channel in {None, TOKENS}:
            self.tokens.set()
        if channel in {None, TOKENS, STREAM}:
            self.stream.set()
        if channel not in {TOKENS, STREAM}:
            self.signal_here()
        if channel == CHANNEL:
            self.signal_use()

    async def announce_signals(self) -> None:
        """Pass the signals of this process on to the others, until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            channels, self._channels = sorted(self._channels), set()
            try:
                await notify_work(self._pool, self.id, channels)
            except Unavailable as error:
                log.debug("signal_not_sent", cause=str(error))
            await asyncio.sleep(PAUSE_SECONDS)


WORK_SIGNAL = web.AppKey("work_signal", WorkSignal)


async def notify_work(pool: Pool, sender: UUID | None = None, channels: Sequence[str] = (CHANNEL, STREAM)) -> None:
    """A NOTIFY to the workers and the streams of all processes."""
    async with connection(pool) as conn:
        for channel in channels:
            await announce(conn, channel, str(sender) if sender else None)
