"""`MemoryCounter`: how much of each limit everybody spent, as far as this process knows; bounded, and forgetful."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from models.limits import Limit

OFTEN = 10
"""When a crowd spent something, only those that spend often are told of."""


@dataclass(slots=True)
class _Count:
    """What one key spent: part by part of the time, and how that stands with the other processes."""

    parts: dict[int, int] = field(default_factory=dict)
    total: int = 0
    unreported: int = 0
    window: int = 0
    reported: int = 0
    elsewhere: int = 0

    def add(self, number: int, part: int) -> None:
        self.parts[part] = self.parts.get(part, 0) + number
        self.total += number

    def forget_before(self, first: int, now: int) -> None:
        """Drop what is over, and what stands in a time to come: the clock was set back since."""
        while self.parts and ((part := next(iter(self.parts))) < first or part > now):
            self.total -= self.parts.pop(part)
        self.unreported = min(self.unreported, self.total)


class MemoryCounter:
    """Counts any number of limits. What is refused is not counted, so whoever goes on asking waits no longer for it."""

    __slots__ = ("_clock", "_counts")

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """`clock` tells the seconds since 1970, by which windows begin at the same moment in all processes."""
        self._clock = clock
        self._counts: dict[str, dict[str, _Count]] = {}

    def spend(self, limit: Limit, key: str) -> bool:
        """Take one for this key; False when there is none left."""
        part = self._part(limit)
        count = self._find(limit, key, part) or self._begin(limit, key)
        if count.total >= limit.most:
            return False
        count.add(1, part)
        count.unreported += 1
        return True

    def used(self, limit: Limit, key: str) -> int:
        """What was spent for this key in the window, as far as is known here."""
        count = self._find(limit, key, self._part(limit))
        return count.total if count is not None else 0

    def give_back(self, limit: Limit, key: str) -> None:
        """Take back what was spent last: it turned out not to count for this key."""
        count = self._find(limit, key, self._part(limit))
        if count is not None and count.total > 0:
            count.add(-1, max(count.parts))
            count.unreported -= 1

    def seconds_left(self, limit: Limit) -> float:
        """Until when a limit that goes by the clock begins anew."""
        return limit.seconds - self._clock() % limit.seconds

    def window(self, limit: Limit) -> int:
        """When the window of the clock began in which all processes count together, in seconds since 1970."""
        return int(self._clock()) // limit.seconds * limit.seconds

    def size(self, limit: Limit) -> int:
        """Of how many keys something is remembered."""
        return len(self._counts.get(limit.name, ()))

    def list_unreported(self, limit: Limit, *, most: int) -> dict[str, int]:
        """What the busiest spent here since this was last told, at most so many of them."""
        counts = self._forget_over(limit)
        busy = {key: one for key, one in counts.items() if one.unreported > 0 and one.total >= limit.reported_from}
        if len(busy) > most:
            often = sorted(busy, key=lambda key: -busy[key].unreported)[:most]
            busy = {key: busy[key] for key in often if busy[key].total >= OFTEN}
        return {key: count.unreported for key, count in busy.items()}

    def add_totals(self, limit: Limit, told: dict[str, int], totals: dict[str, int], *, window: int) -> None:
        """What all processes told together in this window, ours included; what is new counts as spent just now."""
        part = self._part(limit)
        for key, total in totals.items():
            count = self._find(limit, key, part)
            if count is None or (limit.slices == 1 and window != self.window(limit)):
                continue  # what is over is forgotten already, told or not
            if count.window != window:
                count.window, count.reported, count.elsewhere = window, 0, 0
            count.unreported -= told[key]
            count.reported += told[key]
            elsewhere = total - count.reported
            if elsewhere > count.elsewhere:
                count.add(elsewhere - count.elsewhere, part)
                count.elsewhere = elsewhere

    def _part(self, limit: Limit) -> int:
        return int(self._clock() * limit.slices // limit.seconds)

    def _find(self, limit: Limit, key: str, now: int) -> _Count | None:
        """What is known of a key, without what is over."""
        counts = self._counts.get(limit.name)
        count = counts.get(key) if counts is not None else None
        if count is not None:
            count.forget_before(_first_part(limit, now), now)
        return count

    def _begin(self, limit: Limit, key: str) -> _Count:
        counts = self._counts.setdefault(limit.name, {})
        if len(counts) >= limit.keys:
            self._forget_rare(limit)
        count = counts[key] = _Count()
        return count

    def _forget_rare(self, limit: Limit) -> None:
        """Make room (B-38): a crowd of names that asked once each is not what a limit is for."""
        counts = self._forget_over(limit)
        rare = sorted(counts, key=lambda key: counts[key].total)
        for key in rare[: max(0, len(counts) - limit.keys // 2)]:
            del counts[key]

    def _forget_over(self, limit: Limit) -> dict[str, _Count]:
        """Forget the keys of which everything is over; what is left."""
        counts, now = self._counts.get(limit.name, {}), self._part(limit)
        for count in counts.values():
            count.forget_before(_first_part(limit, now), now)
        for key in [key for key, count in counts.items() if not count.total]:
            del counts[key]
        return counts


def _first_part(limit: Limit, now: int) -> int:
    """The first part of the time that counts. A window that slides keeps the one in which it began."""
    return now if limit.slices == 1 else now - limit.slices
