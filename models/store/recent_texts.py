"""What was read of a text a moment ago, or counted of somebody: who turns the page asks for the same again."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from models.store.database import Connection

Value = TypeVar("Value")

KEPT_SECONDS = 60.0
"""So long nothing is asked again: words of listings are known ten minutes after they are published."""

MOST_KEPT = 200
"""Texts of which something is kept; the oldest goes first."""


class RecentTexts(Generic[Value]):
    """What was read of each text, by connection: each is to one database.

    Inside a transaction nothing is kept nor taken, since it may see what others do not.
    """

    __slots__ = ("_clock", "_kept")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[tuple[int, str], tuple[float, Value]] = {}

    def find(self, conn: Connection, text: str) -> Value | None:
        """What was kept of this text; None where nothing was, or too long ago."""
        if conn.is_in_transaction():
            return None
        ends, value = self._kept.get((conn.get_server_pid(), text), (0.0, None))
        return value if ends > self._clock() else None

    def keep(self, conn: Connection, text: str, value: Value) -> None:
        """Keep it for a while."""
        if conn.is_in_transaction():
            return
        self._kept.pop(key := (conn.get_server_pid(), text), None)
        self._kept[key] = (self._clock() + KEPT_SECONDS, value)
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
