"""Between which numbers the parts of sums must lie, none of them being empty: what an attacker tries last. Pure."""

from collections.abc import Iterable, Mapping
from math import isinf
from typing import Any, TypeAlias

Part: TypeAlias = Any
"""A month of a commune, a kind or a mode: whatever tells one from the others, and is not divided further."""

MOST_ROUNDS = 20
"""So often bounds are drawn closer at most."""

Bounds = dict[Part, tuple[float, float]]

FREE = (1.0, float("inf"))
"""What is known of a part at first."""


def find_bounds(equations: Iterable[tuple[Mapping[Part, int], int]]) -> Bounds:
    """The least and the most of each part, from equations of parts, each so many times, that make a number together."""
    rows = list(equations)
    bounds: Bounds = {part: FREE for row, _ in rows for part in row}
    for _ in range(MOST_ROUNDS):
        before = dict(bounds)
        for row, total in rows:
            _draw_closer(row, total, bounds)
        if bounds == before:
            break
    return bounds


def _draw_closer(row: Mapping[Part, int], total: int, bounds: Bounds) -> None:
    """Each part is what the others leave of the number.

    What the others weigh at least does not change meanwhile: a part that is added has a new most, and one that is
    taken away a new least, which weigh nothing here.
    """
    weights = {part: _weigh_least(times, bounds[part]) for part, times in row.items()}
    unknown = [part for part, weight in weights.items() if isinf(weight)]
    if len(unknown) > 1:
        return
    rest = total - sum(weight for weight in weights.values() if not isinf(weight))
    for part in unknown or row:
        own = 0 if unknown else weights[part]
        bounds[part] = _bound(row[part], rest + own, bounds[part])


def _bound(times: int, rest: float, bounds: tuple[float, float]) -> tuple[float, float]:
    least, most = bounds
    return (least, min(most, rest // times)) if times > 0 else (max(least, -(rest // -times)), most)


def _weigh_least(times: int, bounds: tuple[float, float]) -> float:
    return times * bounds[0] if times > 0 else times * bounds[1]
