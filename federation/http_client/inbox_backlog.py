"""How many bytes of what each domain sent wait here: whoever sends what cannot take effect fills nobody's disk."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog

from models.domains import find_domain
from models.store.database import Pool, connection
from models.traffic.inbound import inbox_overflows, received

log = structlog.get_logger(__name__)

MEBIBYTE = 1024 * 1024

QUOTA = 16 * MEBIBYTE
"""So much of one registrable domain may wait at a time: some four thousand ordinary activities."""

MOST = 1024 * MEBIBYTE
"""Once so much waits of all together, each domain has only SMALL_QUOTA: who floods shuts nobody else out."""

SMALL_QUOTA = MEBIBYTE // 4

ROW_BYTES = 1024
"""What an activity takes beside its body: its row, its ids, its places in the indexes."""

RELOAD_SECONDS = 10.0

REFUSED_AFTER_SECONDS = 0.25
"""Whoever is refused waits for it: else a flood comes the faster the less of it is taken, and pages stand behind it."""

MOST_MADE_WAIT = 100
"""So many at a time, of no more than LONGEST_MADE_WAIT each, since their bodies wait with them."""

LONGEST_MADE_WAIT = 64 * 1024


class Backlog:
    """Asked before each activity is kept, so it answers from memory: what waited a moment ago, and what came since.

    Names of hosts cost nothing, so all those of one registrable domain count together.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._waiting: dict[str, int] = {}
        self._since: dict[str, int] = {}
        self._arriving: dict[str, int] = {}
        self._total = 0
        self._refused: dict[str, int] = {}
        self._until = float("-inf")
        self._lock = asyncio.Lock()
        self._made_wait = 0

    async def has_room(self, host: str, size: int) -> bool:
        """May one more body of this size wait? What is refused is counted, for the administrators."""
        if time.monotonic() > self._until:
            await self._refresh()
        domain = find_domain(host)
        used = self._waiting.get(domain, 0) + self._since.get(domain, 0) + self._arriving.get(domain, 0)
        limit = QUOTA if self._total < MOST else SMALL_QUOTA
        if used + size + ROW_BYTES <= limit:
            return True
        if domain not in self._refused:
            log.warning("inbox_full", domain=domain, bytes=used)
        self._refused[domain] = self._refused.get(domain, 0) + 1
        if size <= LONGEST_MADE_WAIT and self._made_wait < MOST_MADE_WAIT:
            await self._make_wait()
        return False

    @contextmanager
    def taking(self, host: str, size: int) -> Iterator[None]:
        """Count a body that is being written down; what was not written in the end counts no longer."""
        domain, bytes = find_domain(host), size + ROW_BYTES
        _add(self._arriving, domain, bytes)
        try:
            yield
            _add(self._since, domain, bytes)
            self._total += bytes
        finally:
            _add(self._arriving, domain, -bytes)

    def forget(self) -> None:
        """Look again before the next answer."""
        self._until = float("-inf")

    async def _make_wait(self) -> None:
        self._made_wait += 1
        try:
            await asyncio.sleep(REFUSED_AFTER_SECONDS)
        finally:
            self._made_wait -= 1

    async def _refresh(self) -> None:
        async with self._lock:
            if time.monotonic() <= self._until:
                return
            refused, self._since = dict(self._refused), {}
            async with connection(self._pool) as conn:
                waiting = await received.count_waiting_bytes(conn, row_bytes=ROW_BYTES)
                if refused:
                    await inbox_overflows.add(conn, refused)
            for domain, times in refused.items():
                _add(self._refused, domain, -times)
            self._waiting = _by_domain(waiting)
            self._total = sum(waiting.values())
            self._until = time.monotonic() + RELOAD_SECONDS


def _add(counts: dict[str, int], domain: str, bytes: int) -> None:
    total = counts.get(domain, 0) + bytes
    if total:
        counts[domain] = total
    else:
        counts.pop(domain, None)


def _by_domain(hosts: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for host, bytes in hosts.items():
        _add(found, find_domain(host), bytes)
    return found
