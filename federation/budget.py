"""How often one server may do something in a minute: be asked because of what strangers tell us (B-14), or ask us."""

import time
from dataclasses import dataclass, field

from federation.cache import Cache

PER_MINUTE = 30

SECONDS = 60


@dataclass(slots=True)
class _Count:
    """What one host spent: second by second here, and how that stands with the other processes."""

    spent: dict[int, int] = field(default_factory=dict)
    untold: int = 0
    window: int = 0
    told: int = 0
    heard: int = 0

    def add(self, number: int, now: int) -> None:
        self.spent[now] = self.spent.get(now, 0) + number

    def total(self, now: int) -> int:
        while self.spent and (first := next(iter(self.spent))) < now - SECONDS:  # they stand in the order of time
            del self.spent[first]
        return sum(self.spent.values())


class FetchBudget:
    """Counts what each host spends in the last sixty seconds, second by second.

    A calendar minute would give everybody two budgets at its turn. Processes count by themselves; where they should
    count together, `tell` and `hear` exchange what each of them counted.
    """

    __slots__ = ("_counts", "_limit")

    def __init__(self, limit: int = PER_MINUTE) -> None:
        self._limit = limit
        self._counts: Cache[str, _Count] = Cache(size=4096, seconds=2 * SECONDS)

    def spend(self, host: str) -> bool:
        """Take one from the budget of this host; False when there is none left."""
        now = int(time.monotonic())
        count = self._counts.find(host) or _Count()
        if count.total(now) >= self._limit:
            return False
        count.add(1, now)
        count.untold += 1
        self._counts.keep(host, count)
        return True

    def give_back(self, host: str) -> None:
        """Take back what was spent last: it turned out not to count for this host."""
        count = self._counts.find(host)
        if count is not None and count.spent:
            count.add(-1, max(count.spent))
            count.untold -= 1

    def tell(self, *, most: int) -> dict[str, int]:
        """What the busiest hosts spent here since this was last told, at most so many.

        Hosts that spend less than a twentieth are nobody's concern: with twenty processes they are within the limit.
        """
        now, least = int(time.monotonic()), max(1, self._limit // 20)
        busy = {}
        for host, count in self._counts.items():
            total = count.total(now)
            count.untold = min(count.untold, total)  # what is older than a minute is nobody's concern either
            if total >= least and count.untold > 0:
                busy[host] = count.untold
        return dict(sorted(busy.items(), key=lambda one: -one[1])[:most])

    def hear(self, told: dict[str, int], totals: dict[str, int], *, window: int) -> None:
        """What all processes told together in this window, ours included; what is new counts as spent just now."""
        now = int(time.monotonic())
        for host, total in totals.items():
            count = self._counts.find(host)
            if count is None:
                continue
            if count.window != window:
                count.window, count.told, count.heard = window, 0, 0
            count.untold -= told[host]
            count.told += told[host]
            elsewhere = total - count.told
            if elsewhere > count.heard:
                count.add(elsewhere - count.heard, now)
                count.heard = elsewhere

    def __len__(self) -> int:
        """Of how many hosts something is remembered."""
        return len(self._counts)
