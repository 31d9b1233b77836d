"""Tell the workers that there is something to do: at once in this process, by a few NOTIFYs in the others."""

import asyncio
from uuid import UUID, uuid4

import structlog
from aiohttp import web

from models.database import Pool, connection
from models.errors import Unavailable
from models.events import announce

log = structlog.get_logger(__name__)

CHANNEL = "declic_work"

PAUSE_SECONDS = 0.05
"""At most one NOTIFY per this time: each makes all commits of the database wait for one another."""


class Waker:
    """The two bells of one process. Rung after a commit, never in it; a lost ring costs a few seconds, no work."""

    def __init__(self, pool: Pool) -> None:
        """`id` tells our own announcements from those of other processes."""
        self.id: UUID = uuid4()
        self.received = asyncio.Event()
        self.delivery = asyncio.Event()
        self._pool = pool
        self._asked = asyncio.Event()

    def ring_received(self) -> None:
        """An activity was put in the queue."""
        self.received.set()
        self._asked.set()

    def ring_delivery(self) -> None:
        """Something may have to be delivered."""
        self.delivery.set()
        self._asked.set()

    def ring_here(self) -> None:
        """Another process rang, or may have."""
        self.received.set()
        self.delivery.set()

    async def announce_rings(self) -> None:
        """Pass the rings of this process on to the others, until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await announce_work(self._pool, self.id)
            except Unavailable as error:
                log.debug("wake_not_announced", cause=str(error))
            await asyncio.sleep(PAUSE_SECONDS)


WAKER = web.AppKey("waker", Waker)


async def announce_work(pool: Pool, sender: UUID | None = None) -> None:
    """One NOTIFY to the workers of all processes."""
    async with connection(pool) as conn:
        await announce(conn, CHANNEL, str(sender) if sender else None)
