"""What changed between two versions, as readers see it, and how long that takes."""

import random
import time
from collections import Counter
from typing import Literal

import pytest

from web.rendering.text_changes import TextChange, list_changes

LINES = 10_000
"""As many lines as fit into a charter of a community."""


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("un\ndeux\ntrois", "un\ndeux\ntrois", []),
        ("un\ndeux\ntrois", "un\nDEUX\ntrois\nquatre", ["-deux", "+DEUX", "+quatre"]),
        ("un\n\ndeux", "zéro\nun\n\n\ndeux", ["+zéro"]),
        ("un\ndeux\ntrois", "trois\nun\ndeux", ["+trois", "-trois"]),
        ("x\nx\nx", "x\nx", ["-x"]),
        ("", "un", ["+un"]),
    ],
)
def test_lines_that_came_and_went_stand_in_the_order_of_the_text(before: str, after: str, changes: list[str]) -> None:
    signs: dict[str, Literal["removed", "added"]] = {"-": "removed", "+": "added"}
    assert list_changes(before, after) == [TextChange(kind=signs[one[0]], text=one[1:]) for one in changes]


def test_what_came_and_went_makes_the_new_text_of_the_old_one() -> None:
    for seed in range(300):
        drawn = random.Random(seed)
        old, new = [[drawn.choice("abcdefgh") for _ in range(drawn.randint(0, 9))] for _ in range(2)]
        changes = list_changes("\n".join(old), "\n".join(new))

        lines = Counter(old)
        lines.subtract(one.text for one in changes if one.kind == "removed")
        assert min(lines.values(), default=0) >= 0
        lines.update(one.text for one in changes if one.kind == "added")
        assert +lines == Counter(new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["a", "b"] * (LINES // 2), ["b", "a", "c"] * (LINES // 3)),
        ([str(one) for one in range(LINES)], [str(one) for one in reversed(range(LINES))]),
    ],
    ids=["the same lines again and again", "all lines turned around"],
)
def test_hostile_texts_take_a_time_that_grows_as_they_do(old: list[str], new: list[str]) -> None:
    began = time.process_time()
    list_changes("\n".join(old), "\n".join(new))

    assert time.process_time() - began < 1
