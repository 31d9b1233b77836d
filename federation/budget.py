"""How often one server may be asked because of what strangers tell us, so that nobody can aim us at a third (B-14)."""

import time

from federation.cache import Cache

PER_MINUTE = 30

SECONDS = 60


class FetchBudget:
    """Counts the fetches to each host in the last sixty seconds, in this process, second by second.

    A calendar minute would give everybody two budgets at its turn.
    """

    __slots__ = ("_counts", "_limit")

    def __init__(self, limit: int = PER_MINUTE) -> None:
        self._limit = limit
        self._counts: Cache[str, dict[int, int]] = Cache(size=4096, seconds=2 * SECONDS)

    def spend(self, host: str) -> bool:
        """Take one fetch from the budget of this host; False when there is none left."""
        now = int(time.monotonic())
        counts = self._counts.find(host) or {}
        while counts and (first := next(iter(counts))) < now - SECONDS:  # they stand in the order of time
            del counts[first]
        if sum(counts.values()) >= self._limit:
            return False
        counts[now] = counts.get(now, 0) + 1
        self._counts.keep(host, counts)
        return True

    def give_back(self, host: str) -> None:
        """Take back what was spent last: it turned out not to count for this host."""
        counts = self._counts.find(host)
        if counts:
            last = max(counts)
            counts[last] -= 1
            if not counts[last]:
                del counts[last]

    def __len__(self) -> int:
        """Of how many hosts something is remembered."""
        return len(self._counts)
