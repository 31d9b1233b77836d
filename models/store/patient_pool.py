"""`PatientPool`: three connections as a rule, and more only where these are held for long."""

import asyncio
from time import monotonic
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy

USUAL = 3
"""Under a steady load so many are enough: one writes what came in, one lets it take effect, one is for who reads.

Each costs PostgreSQL some 16 MB once it knows our statements, and who waits a moment for one of these is answered
sooner than on a new one, which knows none.
"""

PATIENCE = 0.1
"""Seconds between two looks at whether those who wait go on: if nobody gave one back meanwhile there is one more.

The first look tells nothing of that: so long this process may have been busy with something else.
"""

HELD_SECONDS = 0.5
"""Whoever holds one for longer is no part of those that go from hand to hand: what comes in is written in less."""

CIRCULATING = 2
"""So many go from hand to hand while somebody waits, as long as more may be opened."""

CROWDED_SECONDS = 5.0
"""And so long it stays at least: who holds the others may go on for a while."""

QUERIES = 50_000
"""After so many a connection gives way to a new one, as asyncpg has it: what it knows of tables only grows."""


class PatientPool(asyncpg.Pool):
    """A pool of asyncpg that opens its later connections late; places are had in the order of coming."""

    def __init__(self, *where: object, **options: Any) -> None:
        """As asyncpg's own."""
        super().__init__(*where, **options)
        self._places = asyncio.Semaphore(min(USUAL, self.get_max_size()))
        self._more = 0
        self._waiting = 0
        self._given_back = 0
        self._seen: int | None = None
        self._crowded_until = 0.0
        self._looking: asyncio.TimerHandle | None = None
        self._taken: dict[int, float] = {}

    async def take(self, seconds: float) -> PoolConnectionProxy:
        """See the function of this name."""
        async with asyncio.timeout(seconds):
            await self._enter()
            try:
                conn = await self.acquire(timeout=seconds)
            except BaseException:
                self._leave()
                raise
        self._taken[id(conn)] = monotonic()
        return conn

    def leave(self, conn: PoolConnectionProxy) -> None:
        """Whoever has waited for the longest is next."""
        self._taken.pop(id(conn), None)
        self._leave()

    def _leave(self) -> None:
        self._given_back += 1
        if self._is_one_too_many():
            self._more -= 1
        else:
            self._places.release()

    def _is_one_too_many(self) -> bool:
        """Whether nobody needs the place that is free now."""
        if not self._more or self._waiting or monotonic() <= self._crowded_until:
            return False
        return self._count_circulating() > CIRCULATING

    def _count_circulating(self) -> int:
        """Places that nobody has for long."""
        since = monotonic() - HELD_SECONDS
        held = sum(taken < since for taken in self._taken.values())
        return min(USUAL, self.get_max_size()) + self._more - held

    async def _enter(self) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        self._waiting += 1
        if self._looking is None:
            self._look_later()
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1

    def _look_later(self) -> None:
        self._looking = asyncio.get_running_loop().call_later(PATIENCE, self._look)

    def _look(self) -> None:
        """As long as somebody waits: whether it goes on, or one place more is needed."""
        self._looking = None
        if not self._waiting:
            self._seen = None
            return
        stuck = self._given_back == self._seen or self._count_circulating() < CIRCULATING
        if stuck and USUAL + self._more < self.get_max_size():
            self._more += 1
            self._crowded_until = monotonic() + CROWDED_SECONDS
            self._places.release()
        self._seen = self._given_back
        self._look_later()


async def take(pool: asyncpg.Pool, seconds: float) -> PoolConnectionProxy:
    """A connection of any pool, to be released and left. Raises TimeoutError where none was free for so long."""
    return await (pool.take(seconds) if isinstance(pool, PatientPool) else pool.acquire(timeout=seconds))


def leave(pool: asyncpg.Pool, conn: PoolConnectionProxy) -> None:
    """What was taken is released."""
    if isinstance(pool, PatientPool):
        pool.leave(conn)


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
