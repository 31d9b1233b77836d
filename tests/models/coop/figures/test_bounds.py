"""Bounds of parts are drawn as close as equations draw them, however long these are."""

import random
from collections.abc import Mapping, Sequence
from math import inf, isinf

import pytest

from models.coop.figures import bounds
from models.coop.figures.bounds import MOST_ROUNDS, find_bounds

Row = Mapping[object, int]


def draw_slowly(equations: Sequence[tuple[Row, int]]) -> dict[object, tuple[float, float]]:
    """The same with all others of a row added up for each of its parts."""
    found: dict[object, tuple[float, float]] = {part: (1.0, inf) for row, _ in equations for part in row}
    for _ in range(MOST_ROUNDS):
        for row, total in equations:
            for part, times in row.items():
                others = [more * found[one][0 if more > 0 else 1] for one, more in row.items() if one != part]
                rest = total - sum(others)
                if isinf(rest):
                    continue
                least, most = found[part]
                found[part] = (least, min(most, rest // times)) if times > 0 else (max(least, -(rest // -times)), most)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_bounds_are_those_that_all_others_of_a_row_leave(seed: int) -> None:
    chance = random.Random(seed)
    parts: list[object] = [f"part {number}" for number in range(chance.randint(2, 7))]
    world = {part: chance.randint(1, 9) for part in parts}
    equations: list[tuple[Row, int]] = []
    for _ in range(chance.randint(1, 5)):
        row = {part: chance.choice((-2, -1, 1, 1, 2, 3)) for part in parts if chance.random() < 0.7}
        equations.append((row, sum(times * world[part] for part, times in row.items())))

    found = find_bounds(equations)

    assert found == draw_slowly(equations)
    assert all(least <= world[part] <= most for part, (least, most) in found.items())


def test_a_part_is_weighed_once_a_round_however_long_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    weighed = 0
    weigh = bounds._weigh_least

    def count(times: int, known: tuple[float, float]) -> float:
        nonlocal weighed
        weighed += 1
        return weigh(times, known)

    monkeypatch.setattr(bounds, "_weigh_least", count)

    find_bounds([(dict.fromkeys(range(500), 1), 900)])

    assert weighed <= 500 * MOST_ROUNDS
