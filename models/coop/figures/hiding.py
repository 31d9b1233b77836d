"""Which figures may be shown, so that no small one comes out of the others by adding and subtracting. Pure.

Whoever has all figures that are shown knows so many sums of parts, a part being a month of a commune, or of a kind.
What follows from them is what can be made of these sums: they are kept here as equations that are solved as far as they
can be, and a figure is shown only where no equation then gives a small one away.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from models.coop.figures.bounds import Part, find_bounds

LEAST = 5
"""A figure between none and this is not shown."""

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
        return not left or (not any(_are_parallel(left, one) for one in self.secrets) and self._solve(left))

    def _solve(self, left: _Row) -> bool:
        """Take what is new in a sum for known, if there is room enough in all that follows then."""
        pivot = _find_single(left)
        if pivot is None:
            return False
        equation = {part: times * left[pivot] for part, times in left.items()}
        changed = {part: _replace(old, pivot, equation) for part, old in self.solved.items() if pivot in old}
        changed[pivot] = equation
        solved = self.solved | changed
        if not all(map(self._is_roomy, changed.values())) or self._is_narrow(solved):
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
        if all(times > 0 for row in solved.values() for times in row.values()):
            return False
        bounds = find_bounds([(row, _add(self.counts, row)) for row in solved.values() if len(row) > 1])
        return any(least == most and self.counts[part] < LEAST for part, (least, most) in bounds.items())


def _find_single(row: _Row) -> Part | None:
    """A part that a sum has once, or once less."""
    return next((part for part, times in row.items() if abs(times) == 1), None)


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
