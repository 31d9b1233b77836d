"""A small cache in memory that forgets: by age, and by the least recently used when it is full (B-38)."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """At most `size` values, each for at most `seconds`; nothing in it is needed, so it may be lost at any time."""

    __slots__ = ("_seconds", "_size", "_values", "forgotten")

    def __init__(self, *, size: int, seconds: float) -> None:
        self._values: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._size = size
        self._seconds = seconds
        self.forgotten = 0
        """How often somebody said that what is in here is old."""

    def find(self, key: K) -> V | None:
        """The value, unless it is too old or was pushed out."""
        found = self._values.get(key)
        if found is None:
            return None
        if found[0] < time.monotonic():
            del self._values[key]
            return None
        self._values.move_to_end(key)
        return found[1]

    def keep(self, key: K, value: V, *, since: int | None = None) -> None:
        """Remember a value; `since` is `forgotten` as it was before the value was read, which may be old otherwise."""
        if since is not None and since != self.forgotten:
            return
        self._values[key] = (time.monotonic() + self._seconds, value)
        self._values.move_to_end(key)
        if len(self._values) > self._size:
            self._values.popitem(last=False)

    def forget(self, key: K) -> None:
        """Drop a value, if it is there."""
        self.forgotten += 1
        self._values.pop(key, None)

    def clear(self) -> None:
        """Drop everything."""
        self.forgotten += 1
        self._values.clear()

    def items(self) -> list[tuple[K, V]]:
        """All that is not too old, the least recently used first."""
        now = time.monotonic()
        return [(key, value) for key, (end, value) in self._values.items() if end >= now]

    def __len__(self) -> int:
        return len(self._values)
