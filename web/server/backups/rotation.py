"""Which backups stay: the latest, and beyond them the last of some weeks and of some months."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


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


def _choose_last(newest: Sequence[datetime], most: int, span_of: Callable[[datetime], object]) -> set[datetime]:
    """The last of each of so many spans, the latest span first."""
    last: dict[object, datetime] = {}
    for at in newest:
        last.setdefault(span_of(at), at)
    return set(list(last.values())[:most])
