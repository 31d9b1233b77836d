"""Which counts may leave the house: none that is small, and none that the others would give away."""

import random

import pytest

from models.repairs.figures.small_cells import LEAST, hide_small, merge_small


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([12, 0, 7], [12, 0, 7]),
        ([12, 3, 7], [12, None, None]),
        ([12, 3, 2, 7], [12, None, None, None]),
        ([0, 3, 0], [0, None, 0]),
        ([], []),
    ],
)
def test_small_counts_are_hidden_and_one_more_with_them(counts: list[int], shown: list[int | None]) -> None:
    assert hide_small(counts) == shown


@pytest.mark.parametrize(
    ("counts", "alone", "together"),
    [
        ({"Lomme": 12, "Loos": 7}, {"Lomme": 12, "Loos": 7}, []),
        ({"Lomme": 12, "Loos": 4, "Sequedin": 3}, {"Lomme": 12}, ["Loos", "Sequedin"]),
        ({"Lomme": 12, "Lille": 6, "Loos": 1}, {"Lomme": 12}, ["Loos", "Lille"]),
        ({"Loos": 2}, {}, ["Loos"]),
        ({"": 9, "Lomme": 12}, {"Lomme": 12}, [""]),
    ],
)
def test_small_communes_make_one_line(counts: dict[str, int], alone: dict[str, int], together: list[str]) -> None:
    assert merge_small(counts) == (alone, together)


def test_nothing_small_can_be_told_from_the_total_whatever_there_is() -> None:
    numbers = random.Random(5)
    for _ in range(2_000):
        counts = [numbers.choice((0, 1, 3, 4, 5, 8, 40)) for _ in range(numbers.randint(1, 9))]
        shown = hide_small(counts)
        hidden = [count for count, one in zip(counts, shown, strict=True) if one is None]

        assert all(one is None or one == 0 or one >= LEAST for one in shown)
        assert not hidden or max(hidden) >= LEAST or not any(shown)
