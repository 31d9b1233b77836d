"""`PatientPool`: a few connections do as a rule; more are opened only where these are held for long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import asyncpg

USUAL = 3
"""Under a steady load so many are enough: one writes what came in, one lets it take effect, one is for who reads.

Each costs PostgreSQL some 15 MB once it knows our statements, and who waits a moment for one of these is answered
sooner than on a new one, which knows none.
"""

PATIENCE = 0.1
"""Seconds that one waits for one of them before another is opened."""

QUERIES = 50_000
"""After so many a connection gives way to a new one, as asyncpg has it: what it knows of tables only grows."""

CROWDED_SECONDS = 1.0
"""And so long nobody waits any more, once somebody waited in vain: who holds them goes on for a while."""


class PatientPool(asyncpg.Pool):
    """A pool of asyncpg that opens its later connections late. Whoever takes one is at a `place` meanwhile."""

    def __init__(self, *where: object, **options: Any) -> None:
        """As asyncpg's own."""
        super().__init__(*where, **options)
        self._usual = asyncio.Semaphore(USUAL)
        self._crowded_until = 0.0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One of the usual places, which is waited for, though not for long; then without."""
        usual = await self._wait()
        try:
            yield
        finally:
            if usual:
                self._usual.release()

    async def _wait(self) -> bool:
        """Whether there was one of them."""
        if not self._usual.locked():
            return await self._usual.acquire()
        if monotonic() < self._crowded_until:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._usual.acquire()
        except TimeoutError:
            self._crowded_until = monotonic() + CROWDED_SECONDS
            return False


def create_pool(dsn: str, *, most: int, idle_seconds: float, **options: Any) -> PatientPool:
    """A pool that is open once awaited: one connection stays, `most` are there at the same time.

    A connection beyond the first that nobody needed for `idle_seconds` is closed.
    """
    return PatientPool(
        dsn,
        min_size=1,
        max_size=most,
        max_queries=QUERIES,
        max_inactive_connection_lifetime=idle_seconds,
        loop=None,
        record_class=asyncpg.Record,
        **options,
    )
