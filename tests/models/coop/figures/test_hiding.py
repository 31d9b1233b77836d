"""Nothing small comes out of what is shown: an attacker who has all of it solves, and tries every world that fits."""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence

import pytest

from models.coop.figures.hiding import LEAST, ShownSums

Parts = list[object]


def choose_shown(counts: Mapping[object, int], figures: Sequence[Parts], *, secret: Sequence[Parts] = ()) -> list[bool]:
    """Which of these figures are shown, one after the other."""
    state = ShownSums(counts, figures, secret=secret)
    return [state.show(figure) for figure in figures]


PRIME = 2**61 - 1

Row = dict[object, int]


class Attacker:
    """Knows these sums, and what they make together: linear algebra, without any look at how they were chosen."""

    def __init__(self, known: Iterable[Collection[object]]) -> None:
        self.rows: dict[object, Row] = {}
        for one in known:
            left = self.reduce(dict.fromkeys(one, 1))
            if left:
                pivot, times = next(iter(left.items()))
                inverse = pow(times, -1, PRIME)
                self.rows[pivot] = {part: value * inverse % PRIME for part, value in left.items()}

    def reduce(self, row: Row) -> Row:
        left = dict(row)
        while found := next((part for part in left if part in self.rows), None):
            times = left[found]
            for part, value in self.rows[found].items():
                left[part] = (left.get(part, 0) - times * value) % PRIME
            left = {part: value for part, value in left.items() if value}
        return left

    def finds(self, figure: Collection[object]) -> bool:
        return not self.reduce(dict.fromkeys(figure, 1))


def draw_table(seed: int, months: int, places: int) -> tuple[dict[object, int], list[list[object]]]:
    """A small table with its sums: two quarters, two groups of places, all."""
    chance = random.Random(seed)
    weights = [chance.choice((0.5, 1, 2, 4, 9)) for _ in range(places)]
    counts: dict[object, int] = {
        (month, place): count
        for month in range(months)
        for place in range(places)
        if (count := int(chance.expovariate(1) * weights[place]))
    }
    half, parted = range(months // 2), range(places // 2)
    times = [[month] for month in range(months)] + [[*half], [*range(months // 2, months)], [*range(months)]]
    groups = [[*range(places)], [*parted], [*range(places // 2, places)], *[[place] for place in range(places)]]
    return counts, [[(m, p) for m in some for p in group] for some in times for group in groups]


def list_known(
    counts: Mapping[object, int], figures: Sequence[Collection[object]], shown: Sequence[bool]
) -> list[Parts]:
    """The sums that are shown, without the parts that are known to be empty."""
    return [keep_full(counts, figure) for figure, one in zip(figures, shown, strict=True) if one]


def keep_full(counts: Mapping[object, int], figure: Collection[object]) -> Parts:
    return [part for part in figure if part in counts]


def list_small(counts: Mapping[object, int], figures: Sequence[Collection[object]]) -> list[Parts]:
    """The figures that nobody may find."""
    full = [keep_full(counts, figure) for figure in figures]
    return [parts for parts in full if 0 < sum(counts[part] for part in parts) < LEAST]


def test_hiding_small_figures_alone_would_not_do() -> None:
    counts, figures = draw_table(3, months=6, places=6)

    shown = [not 0 < sum(counts.get(part, 0) for part in figure) < LEAST for figure in figures]

    attacker = Attacker(list_known(counts, figures, shown))
    assert any(attacker.finds(parts) for parts in list_small(counts, figures))


@pytest.mark.parametrize("seed", range(25))
def test_nothing_small_follows_from_what_is_shown(seed: int) -> None:
    counts, figures = draw_table(seed, months=6, places=6)

    shown = choose_shown(counts, figures)

    attacker = Attacker(list_known(counts, figures, shown))
    assert not [parts for parts in list_small(counts, figures) if attacker.finds(parts)]


@pytest.mark.parametrize("seed", range(25))
def test_every_small_figure_could_be_another(seed: int) -> None:
    counts, figures = draw_table(seed, months=2, places=3)
    counts = {part: min(count, 9) for part, count in counts.items()}

    shown = choose_shown(counts, figures)

    known = list_known(counts, figures, shown)
    for parts in list_small(counts, figures):
        assert len(try_worlds(counts, known, parts)) > 1, (parts, counts)


def test_what_is_secret_elsewhere_stays_so_here() -> None:
    counts: dict[object, int] = {"loans": 8, "gifts": 9}

    shown = choose_shown(counts, [["loans"], ["gifts"]], secret=[["loans", "gifts"]])

    assert shown == [True, False]


def test_what_is_shown_does_not_depend_on_what_comes_after() -> None:
    counts, figures = draw_table(7, months=6, places=6)

    shown = choose_shown(counts, figures)

    assert choose_shown(counts, figures[:30]) == shown[:30]


def try_worlds(
    counts: Mapping[object, int], known: Sequence[Collection[object]], asked: Collection[object]
) -> set[int]:
    """The values that a figure has in worlds that agree with what is known: what is not empty has one at least."""
    sums = [(set(figure), sum(counts[part] for part in figure)) for figure in known]
    found: set[int] = set()
    most = sum(counts.values())
    parts = [part for part in counts if any(part in figure for figure, _ in sums)]
    if len(parts) < len(counts):
        return {0, 1}  # a part that stands in nothing that is known

    def go_on(world: dict[object, int], rest: list[object]) -> None:
        if len(found) > 1:
            return
        for figure, total in sums:
            got = [world[part] for part in figure if part in world]
            open = len(figure) - len(got)
            if sum(got) + open > total or (not open and sum(got) != total):
                return
        if not rest:
            found.add(sum(world.get(part, 0) for part in asked))
            return
        part, *others = rest
        for value in range(1, most + 1):
            go_on({**world, part: value}, others)

    go_on({}, sorted(parts, key=lambda part: (part not in asked, counts[part])))
    return found
