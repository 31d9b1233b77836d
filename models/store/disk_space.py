"""How much room there is for pictures and data: when it is short, and what is kept free whatever people send."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.store.database import Connection, execute, fetch_one, fetch_value

MEGABYTE = 1024 * 1024

LOW, LOW_SHARE = 1024 * MEGABYTE, 10
"""Less is told to administrators: so many bytes, or on a small disk a tenth of it."""

RESERVE, RESERVE_SHARE = 256 * MEGABYTE, 20
"""Kept free of pictures and films, so that log-in, messages and the database go on: a twentieth of a small disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskSpace:
    """Bytes on one disk: those that we may still write, and all."""

    free: int
    total: int

    @property
    def is_low(self) -> bool:
        """Whether somebody should make room soon."""
        return self.free < min(LOW, self.total // LOW_SHARE)

    def holds(self, size: int) -> bool:
        """Whether a file of `size` bytes leaves the reserve free."""
        return self.free - size >= min(RESERVE, self.total // RESERVE_SHARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """There is little room, as was seen last."""

    free: int
    total: int
    since: datetime
    looked_at: datetime

    @property
    def megabytes(self) -> int:
        """What is left."""
        return self.free // MEGABYTE

    @property
    def refuses(self) -> bool:
        """Whether pictures are refused already."""
        return not DiskSpace(free=self.free, total=self.total).holds(0)


def measure(folder: Path) -> DiskSpace:
    """The disk that holds `folder`, or where it would be made. Raises OSError."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    found = shutil.disk_usage(folder)
    return DiskSpace(free=found.free, total=found.total)


async def note(conn: Connection, space: DiskSpace) -> bool:
    """Keep that there is little room. Whether administrators should have a mail: one a day at most."""
    await execute(
        conn,
        """
        INSERT INTO disk_space (free, total) VALUES ($1, $2)
        ON CONFLICT (alone) DO UPDATE SET free = excluded.free, total = excluded.total, looked_at = now()
        """,
        space.free,
        space.total,
    )
    told = await fetch_value(
        conn,
        """
        UPDATE disk_space SET told_at = now() WHERE told_at IS NULL OR told_at < now() - interval '1 day'
        RETURNING true
        """,
    )
    return bool(told)


async def forget(conn: Connection) -> None:
    """There is room again."""
    await execute(conn, "DELETE FROM disk_space")


async def find(conn: Connection) -> Shortage | None:
    """The shortage, if there is one."""
    return await fetch_one(conn, Shortage, "SELECT free, total, since, looked_at FROM disk_space")
