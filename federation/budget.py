"""How often one server may be asked because of what strangers tell us, so that nobody can aim us at a third (B-14)."""

import time

from federation.cache import Cache

PER_MINUTE = 30


class FetchBudget:
    """Counts the fetches to each host in the running minute, in this process."""

    __slots__ = ("_counts", "_limit")

    def __init__(self, limit: int = PER_MINUTE) -> None:
        self._limit = limit
        self._counts: Cache[tuple[str, int], int] = Cache(size=4096, seconds=120)

    def spend(self, host: str) -> bool:
        """Take one fetch from the budget of this host; False when there is none left."""
        key = (host, int(time.monotonic() // 60))
        count = self._counts.find(key) or 0
        if count >= self._limit:
            return False
        self._counts.keep(key, count + 1)
        return True
