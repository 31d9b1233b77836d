"""What the processes of a server work and hold: themselves, their children, and a PostgreSQL of their own."""

import os
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def list_tree(pid: int) -> list[int]:
    """A process and all below it that live."""
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [pid, *(one for child in children for one in list_tree(child))]


def find_postmaster(data: Path) -> list[int]:
    """The PostgreSQL that has its folder in `data`, if one runs there."""
    files = data.glob("pg*/postmaster.pid")
    return [int(file.read_text().split("\n", 1)[0]) for file in files]


def sum_processor_seconds(roots: Iterable[int]) -> float:
    """What these and all below them worked so far, those that have ended and were waited for too."""
    return sum(_read_seconds(pid) for pid in _list_all(roots))


def sum_megabytes(roots: Iterable[int]) -> float:
    """What they hold, what several share divided among them (PSS)."""
    return sum(_read_kilobytes(pid) for pid in _list_all(roots)) / 1024


def _list_all(roots: Iterable[int]) -> set[int]:
    return {pid for root in roots for pid in list_tree(root)}


def _read_seconds(pid: int) -> float:
    """utime, stime, and those of its children that have ended: fields 14 to 17 of proc(5)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(map(int, fields[11:15])) / TICKS


def _read_kilobytes(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(text.split("\nPss:")[1].split()[0])
