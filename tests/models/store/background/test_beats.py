"""What looks again and again does it at one moment."""

import time

import pytest

from models.store.background.beats import BEHIND, until_beat


@pytest.mark.parametrize(
    ("now", "every", "expected"),
    [
        (1000.0, 5.0, 5.0),
        (1001.5, 5.0, 3.5),
        (1004.9, 5.0, 5.1),
        (1000.0, 60.0, 20.0),
        (1019.9, 60.0, 60.1),
        (7.0, 0.5, 0.5),
    ],
)
def test_a_beat_is_the_next_multiple_and_never_the_one_that_is_just_coming(
    monkeypatch: pytest.MonkeyPatch, now: float, every: float, expected: float
) -> None:
    monkeypatch.setattr(time, "time", lambda: now)

    assert until_beat(every) == pytest.approx(expected + BEHIND)
