"""How long statements take: whoever asked to hear of the slow ones does, wherever they are asked."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg

SLOW_SECONDS = 2.0
"""A statement that takes longer keeps somebody waiting."""

Notice = Callable[[str, float], None]
"""What hears of a statement that took long, and how many seconds."""


class WatchedConnection(asyncpg.Connection):
    """A connection of a pool, that may have somebody to tell; `pool_url` is where all of that pool lead."""

    __slots__ = ("notice", "pool_url")

    notice: Notice
    pool_url: str


class Timed:
    """Around one statement, whether it comes to its end or not; it costs less than a microsecond."""

    __slots__ = ("_begun", "_conn", "_sql")

    def __init__(self, conn: Any, sql: str) -> None:
        self._conn, self._sql = conn, sql

    def __enter__(self) -> None:
        self._begun = time.monotonic()

    def __exit__(self, *_: object) -> None:
        seconds = time.monotonic() - self._begun
        if seconds >= SLOW_SECONDS:
            with suppress(AttributeError, asyncpg.InterfaceError):  # nobody listens, or the connection is gone
                self._conn.notice(self._sql, seconds)
