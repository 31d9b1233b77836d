"""With which hosts this server deals at all, in and out: the decisions of the cooperative, held in memory."""

import asyncio
import time

from models.errors import Unavailable
from models.servers import access_requests, trust_levels
from models.servers.trust_levels import list_domains
from models.store.database import Pool, connection

RELOAD_SECONDS = 2.0
"""How old a decision may be before the database is asked again whether there is a newer one."""

MOST_COUNTED = 200
"""So many names are counted between two writes (B-38); more are not counted."""

WRITE_SECONDS = 10.0


class FederationPolicy:
    """Asked before each request that goes out, and for each that comes in, so it answers from memory.

    A domain that is set aside is not welcome, nor is anything under it. While the federation is restricted only
    friends are, and those who were let in by name, with what stands under them. `forget` makes a decision count at
    once: of our own, and of another process when the database tells of it; without a word they count in two seconds.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._asides: frozenset[str] = frozenset()
        self._guests: frozenset[str] = frozenset()
        self._limited = False
        self._mark: str | None = None
        self._until = 0.0
        self._decisions = 0
        self._lock = asyncio.Lock()
        self._asking: dict[str, int] = {}
        self._written = float("-inf")

    async def allows(self, host: str) -> bool:
        """Do we deal with this host? Raises Unavailable while nothing is known yet."""
        await self._refresh()
        return self._judge(host)

    def find(self, host: str) -> bool | None:
        """The same from memory alone; None where the database has to be asked whether that still holds."""
        return self._judge(host) if time.monotonic() <= self._until else None

    def _judge(self, host: str) -> bool:
        if not self._asides and not self._limited:
            return True
        domains = list_domains(host)
        if not self._asides.isdisjoint(domains):
            return False
        return not self._limited or not self._guests.isdisjoint(domains)

    async def is_limited(self) -> bool:
        """Are only friends and listed servers welcome?"""
        await self._refresh()
        return self._limited

    @property
    def size(self) -> int:
        """How many names are held in memory, of hosts decided about and of those that asked for access since."""
        return len(self._asides) + len(self._guests) + len(self._asking)

    def forget(self) -> None:
        """Look again before the next answer: something was decided, here or elsewhere, be it while we look."""
        self._until = 0.0
        self._decisions += 1

    async def note_access_request(self, host: str) -> None:
        """Somebody who is not let in came to the door: counted for those who may open it.

        Nothing is kept of those who are set aside. Written together, at most every ten seconds.
        """
        if not self._limited or not self._asides.isdisjoint(list_domains(host)):
            return
        if host in self._asking or len(self._asking) < MOST_COUNTED:
            self._asking[host] = self._asking.get(host, 0) + 1
        if time.monotonic() < self._written + WRITE_SECONDS:
            return
        self._written = time.monotonic()
        counted, self._asking = self._asking, {}
        async with connection(self._pool) as conn:
            await access_requests.add(conn, counted)

    async def _refresh(self) -> None:
        if time.monotonic() <= self._until:
            return
        async with self._lock:
            if time.monotonic() <= self._until:
                return
            decisions = self._decisions
            try:
                await self._load()
            except Unavailable:
                if self._mark is None:
                    raise
            if decisions == self._decisions:
                self._until = time.monotonic() + RELOAD_SECONDS

    async def _load(self) -> None:
        async with connection(self._pool) as conn:
            mark = await trust_levels.fingerprint(conn)
            if mark == self._mark:
                return
            decided = await trust_levels.list_decided(conn)
            self._limited = await trust_levels.is_limited(conn)
        self._asides = frozenset(one.host for one in decided if one.level == "aside")
        self._guests = frozenset(one.host for one in decided if one.level == "friend" or one.listed)
        self._mark = mark
