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
    """What was read of each text, by connection, each of which is to one database; or by database (`shared`), where two
    answers a moment apart must be the same, whichever connection they come by.

    Inside a transaction nothing is kept nor taken, since it may see what others do not.
    """

    __slots__ = ("_clock", "_kept", "_shared")

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, shared: bool = False) -> None:
        self._clock, self._shared = clock, shared
        self._kept: dict[tuple[int | str, str], tuple[float, Value]] = {}

    def find(self, conn: Connection, text: str) -> Value | None:
        """What was kept of this text; None where nothing was, or too long ago."""
        if conn.is_in_transaction():
            return None
        ends, value = self._kept.get((self._place(conn), text), (0.0, None))
        return value if ends > self._clock() else None

    def keep(self, conn: Connection, text: str, value: Value) -> None:
        """Keep it for a while."""
        if conn.is_in_transaction():
            return
        self._kept.pop(key := (self._place(conn), text), None)
        self._kept[key] = (self._clock() + KEPT_SECONDS, value)
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    def _place(self, conn: Connection) -> int | str:
        """Where it was read; a connection of no pool stands for itself."""
        url: str | None = getattr(conn, "pool_url", None) if self._shared else None
        return conn.get_server_pid() if url is None else url
