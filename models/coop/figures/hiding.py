"""Which figures may be shown, so that no small one comes out of the others by adding and subtracting. Pure.

Whoever has all figures that are shown knows so many sums of parts, a part being a month of a commune, or of a kind.
What follows from them is what can be made of these sums: they are kept here as equations that are solved as far as they
can be, and a figure is shown only where no equation then gives a small one away.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

LEAST = 5
"""A figure between none and this is not shown."""

Part: TypeAlias = Any
"""A month of a commune, a kind or a mode: whatever tells one from the others, and is not divided further."""

_Row = dict[Part, int]
"""A sum of parts, each so many times."""


def is_enough(cases: Sequence[int]) -> bool:
    """Whether sums that are hidden make so much together that this may be known, though none of them is empty."""
    return sum(cases) - len(cases) + 1 >= LEAST


class ShownSums:
    """What is shown so far, and what follows from it: each equation has a part that is in no other one.

    `counts` are the parts that are not empty: an empty one is known to be so. No small part or sum of `figures`, and
    nothing `secret`, follows from what is shown, however it is put together, and what is left of a sum when what is
    shown is taken away from it could itself be shown. It is known besides that nothing hidden is empty: what is left
    over has room for that too.
    """

    def __init__(
        self,
        counts: Mapping[Part, int],
        figures: Iterable[Collection[Part]],
        *,
        secret: Iterable[Collection[Part]] = (),
    ) -> None:
        self.counts = counts
        self.solved: dict[Part, _Row] = {}
        small = [row for row in map(self._read, figures) if 0 < _add(counts, row) < LEAST]
        small += [{part: 1} for part, count in counts.items() if count < LEAST]
        hidden = {frozenset(row): row for row in (*small, *map(self._read, secret)) if row}
        self.secrets = list(hidden.values())

    def show(self, figure: Collection[Part]) -> bool:
        """Show this sum of parts, unless something that has to stay hidden would follow from it; whether it is."""
        left = self._reduce(self._read(figure))
        if not left:
            return True
        pivot = next((part for part, times in left.items() if abs(times) == 1), None)
        if pivot is None or any(_are_parallel(left, one) for one in self.secrets):
            return False
        equation = left if left[pivot] == 1 else {part: -times for part, times in left.items()}
        changed = {part: _replace(old, pivot, equation) for part, old in self.solved.items() if pivot in old}
        solved = {**self.solved, **changed, pivot: equation}
        if not all(self._is_roomy(one) for one in (equation, *changed.values())) or self._is_narrow(solved):
            return False
        self.solved = solved
        self.secrets = [_replace(one, pivot, equation) if pivot in one else one for one in self.secrets]
        return True

    def _read(self, figure: Collection[Part]) -> _Row:
        return dict.fromkeys((part for part in figure if part in self.counts), 1)

    def _reduce(self, row: _Row) -> _Row:
        left = dict(row)
        for part in row:
            if part in self.solved and part in left:
                left = _replace(left, part, self.solved[part])
        return left

    def _is_roomy(self, equation: _Row) -> bool:
        """Whether a sum that follows could be shown itself, once each of its parts has the one that it must have."""
        if any(times < 0 for times in equation.values()):
            return True
        if len(equation) == 1:
            (part,) = equation
            return self.counts[part] >= LEAST
        return is_enough([self.counts[part] for part, times in equation.items() for _ in range(times)])

    def _is_narrow(self, solved: Mapping[Part, _Row]) -> bool:
        """Whether bounds tell a small part: each has one at least, and no more than its equations leave for it."""
        mixed = [row for row in solved.values() if any(times < 0 for times in row.values())]
        if not mixed:
            return False
        lowest: dict[Part, int] = {}
        highest: dict[Part, int] = {}
        rows = [(row, _add(self.counts, row)) for row in solved.values() if len(row) > 1]
        for _ in range(MOST_ROUNDS):
            if not any([_narrow(row, total, lowest, highest) for row, total in rows]):
                break
        return any(lowest.get(part, 1) == most and self.counts[part] < LEAST for part, most in highest.items())


MOST_ROUNDS = 20
"""So often bounds are drawn closer at most."""


def _narrow(row: _Row, total: int, lowest: dict[Part, int], highest: dict[Part, int]) -> bool:
    """Draw the bounds of the parts of one equation closer; whether any was."""
    changed = False
    least = [_bound(times, part, lowest, highest) for part, times in row.items()]
    unknown = least.count(None)
    known = sum(one for one in least if one is not None)
    for (part, times), one in zip(row.items(), least, strict=True):
        if unknown > (one is None):
            continue
        rest = total - (known - (one or 0))
        if times > 0 and rest // times < highest.get(part, total + rest // times + 1):
            highest[part], changed = rest // times, True
        elif times < 0 and -(rest // -times) > lowest.get(part, 1):
            lowest[part], changed = -(rest // -times), True
    return changed


def _bound(times: int, part: Part, lowest: Mapping[Part, int], highest: Mapping[Part, int]) -> int | None:
    """The least that so many times this part can be; None where it has no bound."""
    if times > 0:
        return times * lowest.get(part, 1)
    return times * highest[part] if part in highest else None


def _add(counts: Mapping[Part, int], row: Mapping[Part, int]) -> int:
    return sum(times * counts[part] for part, times in row.items())


def _replace(row: _Row, pivot: Part, equation: _Row) -> _Row:
    """The sum without one of its parts, by what an equation says of it."""
    left, times = dict(row), row[pivot]
    for part, inside in equation.items():
        rest = left.get(part, 0) - times * inside
        if rest:
            left[part] = rest
        else:
            del left[part]
    return left


def _are_parallel(one: _Row, other: _Row) -> bool:
    """Whether one sum is a multiple of the other, so that who knows it knows both."""
    if one.keys() != other.keys():
        return False
    part = next(iter(one))
    return all(one[part] * other[name] == other[part] * one[name] for name in one)
