"""How many processes `declic serve` takes where nobody says: two where there are two cores and 2 GB, else one."""

import os
from collections.abc import Iterator

from models.store.postgres import control_groups
from models.store.postgres.control_groups import read
from models.store.postgres.memory import read_memory

CORES, MEGABYTES = 2, 1800
"""From here on one process answers and one works; a machine that is sold as 2 GB has a little less."""


def choose_count() -> int:
    """As many as fit this machine, or the container that we are in."""
    return 2 if count_cores() >= CORES and read_memory() >= MEGABYTES << 20 else 1


def count_cores() -> float:
    """The processors that this process may use, a part of one counted as a part."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min([usable, *_list_limits()])


def _list_limits() -> Iterator[float]:
    """What our group may have and each group that it is in."""
    for folder, version in control_groups.list_folders("cpu"):
        if version == 2:  # microseconds in a period and the period, in one file
            yield from _divide(*read(folder / "cpu.max").partition(" ")[::2])
        else:  # the same in two files; what has no limit says -1
            yield from _divide(read(folder / "cpu.cfs_quota_us"), read(folder / "cpu.cfs_period_us"))


def _divide(allowed: str, period: str) -> Iterator[float]:
    """Nothing where there is no limit."""
    if allowed.isdecimal() and period.isdecimal() and int(period):
        yield int(allowed) / int(period)
