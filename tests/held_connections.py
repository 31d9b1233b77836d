"""Whether somebody takes a second connection of a pool while she holds one: under load, a few such wait for each other.

Nobody gives hers back before she has another, so five readers at once would keep a pool of five until they give up.
"""

import asyncio
import contextlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import asyncpg

from models.store import database, patient_pool

TESTS = str(Path(__file__).parent)

DOORS = (__file__, database.__file__, patient_pool.__file__, contextlib.__file__, str(Path(asyncpg.__file__).parent))
"""What stands between whoever asks for a connection and the pool."""


class HeldTwice(AssertionError):
    """A second connection was asked for by who holds one."""


@contextmanager
def one_connection_each() -> Iterator[None]:
    """Whoever asks for a second connection gets HeldTwice instead. Tests themselves may hold as many as they want."""
    acquire = asyncpg.Pool._acquire  # type: ignore[attr-defined]  # both ways to ask lead here
    release = asyncpg.Pool.release
    held: dict[int, tuple[asyncio.Task[Any] | None, asyncpg.Pool, str]] = {}

    async def acquire_one(pool: asyncpg.Pool, *seconds: float | None) -> Any:
        task, asking = asyncio.current_task(), _find_asking()
        if asking is None:
            return await acquire(pool, *seconds)
        for holding, of_pool, where in held.values():
            if holding is task and of_pool is pool:
                raise HeldTwice(f"{asking} asks for a connection, and one is held since {where}")
        conn = await acquire(pool, *seconds)
        held[id(conn)] = (task, pool, asking)
        return conn

    async def release_one(pool: asyncpg.Pool, connection: Any, **options: Any) -> None:
        held.pop(id(connection), None)
        await release(pool, connection, **options)

    with patch.object(asyncpg.Pool, "_acquire", acquire_one), patch.object(asyncpg.Pool, "release", release_one):
        yield


def _find_asking() -> str | None:
    """The line that asks; None where a test does."""
    frame = sys._getframe(2)
    while frame.f_code.co_filename.startswith(DOORS) and frame.f_back is not None:
        frame = frame.f_back
    name = frame.f_code.co_filename
    return None if name.startswith(TESTS) else f"{name}:{frame.f_lineno}"
