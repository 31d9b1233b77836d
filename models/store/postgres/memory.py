"""How much memory the embedded server keeps pages in: what the database needs, and no more than the machine has."""

import os
from collections.abc import Iterator
from pathlib import Path

from models.store.postgres.control_groups import list_folders, read

SHARE = 16
"""One part in so many of what there is: the rest is for programs, for the server's own work and for files that the
system keeps."""

PART = 2
"""One part in so many of what the database holds: what is read often fits, and what is old stays on the disk."""

LEAST_MEGABYTES = 32
MOST_MEGABYTES = 512
"""What the listings of a large instance and their indexes need."""


def choose_shared_buffers(folder: Path) -> str:
    """The setting `shared_buffers` for the database in this folder."""
    return f"{choose_megabytes(folder)}MB"


def choose_megabytes(folder: Path) -> int:
    """The same as a number, on this machine or in the group that we are in.

    What is set aside is taken page by page, and never given back: a young instance would fill in time what it does not
    need. It grows with the database, at the next start; until then the system keeps what does not fit.
    """
    held = max(LEAST_MEGABYTES, (sum_bytes(folder) // PART) >> 20)
    most = max(LEAST_MEGABYTES, min((read_memory() // SHARE) >> 20, MOST_MEGABYTES))
    return min(held, most)


def sum_bytes(folder: Path) -> int:
    """What tables and indexes take on the disk; nothing where there is no database yet."""
    return sum(found.st_size for one in (folder / "base").glob("*/*") if (found := _look(one)) is not None)


def _look(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:  # it went meanwhile
        return None


def read_memory() -> int:
    """What this machine has, or each group that we are in may have, in bytes: the least of all."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min([machine, *_list_limits()])


def _list_limits() -> Iterator[int]:
    """What is said in words, as `max`, is no limit."""
    for folder, version in list_folders("memory"):
        for name in ("memory.max", "memory.high") if version == 2 else ("memory.limit_in_bytes",):
            text = read(folder / name)
            if text.isdecimal():
                yield int(text)
