"""Which backups stay: the latest, and beyond them the last of some weeks and of some months."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

STAMP = "%Y%m%d-%H%M%S"
"""How the name of a backup ends: when it was made, in UTC."""

_STAMP = re.compile(r"[0-9]{8}-[0-9]{6}")

Backup = TypeVar("Backup")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """How many of the latest stay, and of how many weeks and months the last one does; weeks begin on Monday."""

    latest: int
    weeks: int = 0
    months: int = 0


def choose_kept(made: Sequence[datetime], rotation: Rotation) -> set[datetime]:
    """Those that stay, of backups made at these moments. Weeks and months without any backup do not count."""
    newest = sorted(made, reverse=True)
    kept = set(newest[: rotation.latest])
    kept |= _choose_last(newest, rotation.weeks, lambda at: at.isocalendar()[:2])
    return kept | _choose_last(newest, rotation.months, lambda at: (at.year, at.month))


def choose_old(made: Mapping[Backup, datetime], now: datetime, rotation: Rotation) -> list[Backup]:
    """Those that need not stay, where one was made `now`. What seems to be of after it waits until its day comes: a
    clock was wrong once.
    """
    kept = choose_kept([at for at in made.values() if at <= now], rotation)
    return [backup for backup, at in made.items() if at <= now and at not in kept]


def read_stamp(name: str, prefix: str) -> datetime | None:
    """When a backup of this name was made; None for what is none."""
    stamp = name.removeprefix(prefix)
    if not name.startswith(prefix) or not _STAMP.fullmatch(stamp):
        return None
    try:
        return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _choose_last(newest: Sequence[datetime], most: int, span_of: Callable[[datetime], object]) -> set[datetime]:
    """The last of each of so many spans, the latest span first."""
    last: dict[object, datetime] = {}
    for at in newest:
        last.setdefault(span_of(at), at)
    return set(list(last.values())[:most])
