"""How many processes `declic serve` takes where nobody says: two where there are two cores and 2 GB, else one."""

import os
from pathlib import Path

from models.store.postgres.memory import read_memory

CORES, MEGABYTES = 2, 1800
"""From here on one process answers and one works; a machine that is sold as 2 GB has a little less."""

_LIMIT = Path("/sys/fs/cgroup/cpu.max")
"""What a container may have of the processors: microseconds in a period, and the period."""


def choose_count() -> int:
    """As many as fit this machine, or the container that we are in."""
    return 2 if count_cores() >= CORES and read_memory() >= MEGABYTES << 20 else 1


def count_cores() -> float:
    """The processors that this process may use, a part of one counted as a part."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        allowed, period = _LIMIT.read_text().split()
    except (OSError, ValueError):
        return usable
    return min(usable, int(allowed) / int(period)) if allowed.isdecimal() else usable
