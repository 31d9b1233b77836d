"""How much memory the embedded server keeps pages of the database in: a part of what this machine has."""

import os
from pathlib import Path

SHARE = 16
"""One part in so many: the rest is for programs, for the server's own work and for the files that the system keeps."""

LEAST_MEGABYTES = 48
MOST_MEGABYTES = 512
"""What the listings of a large instance and their indexes need; what is not read is not taken from the machine."""

_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""What a container may have, where we are in one."""


def choose_shared_buffers() -> str:
    """The setting `shared_buffers` for this machine, or for the container that we are in."""
    megabytes = read_memory() // (SHARE << 20)
    return f"{max(LEAST_MEGABYTES, min(megabytes, MOST_MEGABYTES))}MB"


def read_memory() -> int:
    """What this machine has, or the container that we are in, in bytes."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min([machine, *(limit for path in _LIMITS if (limit := _read_limit(path)))])


def _read_limit(path: Path) -> int:
    """0 where there is none."""
    try:
        text = path.read_text().strip()
    except OSError:
        return 0
    return int(text) if text.isdecimal() else 0
