"""How many processes `declic serve` takes where nobody says: two where there are two cores and 2 GB, else one."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from models.store.postgres.memory import read_memory

CORES, MEGABYTES = 2, 1800
"""From here on one process answers and one works; a machine that is sold as 2 GB has a little less."""

_OWN = Path("/proc/self/cgroup")
"""In which groups of processes we are."""

_GROUPS = Path("/sys/fs/cgroup")
"""What a group, such as a container or a unit of systemd, may have of the machine."""


def choose_count() -> int:
    """As many as fit this machine, or the container that we are in."""
    return 2 if count_cores() >= CORES and read_memory() >= MEGABYTES << 20 else 1


def count_cores() -> float:
    """The processors that this process may use, a part of one counted as a part."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min([usable, *_list_limits()])


def _list_limits() -> Iterator[float]:
    """What our group may have and each group that it is in; a container may see its own as the first of all."""
    try:
        lines = _OWN.read_text().splitlines()
    except OSError:
        lines = ["0::/", "0:cpu:/"]
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        group = PurePosixPath(path.lstrip("/"))
        for one in (group, *group.parents):
            yield from _read_second(one) if not controllers else _read_first(one)


def _read_second(group: PurePosixPath) -> Iterator[float]:
    """Of cgroup v2: microseconds in a period and the period, in one file."""
    yield from _divide(*_read(_GROUPS / group / "cpu.max").partition(" ")[::2])


def _read_first(group: PurePosixPath) -> Iterator[float]:
    """Of cgroup v1: the same in two files; what has no limit says -1."""
    folder = _GROUPS / "cpu" / group
    yield from _divide(_read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us"))


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _divide(allowed: str, period: str) -> Iterator[float]:
    """Nothing where there is no limit."""
    if allowed.strip().isdecimal() and period.strip().isdecimal() and int(period):
        yield int(allowed) / int(period)
