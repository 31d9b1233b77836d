"""What looks again and again does it at one moment."""

import time

import pytest

from models.store.background import beats
from models.store.background.beats import BEHIND, ROUND, until_beat


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


def test_beats_of_two_instances_are_apart_and_those_of_one_still_fall_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000_000.0)
    monkeypatch.setattr(beats, "_offset", 0.0)
    moments = []
    for host in ("lomme.test", "henin.test", "lomme.test"):
        beats.set_apart(host)
        moments.append(until_beat(ROUND) - BEHIND)

        for every in (0.5, 5.0, 10.0, 30.0):
            apart = (moments[-1] - until_beat(every) + BEHIND) % every
            assert min(apart, every - apart) == pytest.approx(0, abs=0.001)

    assert moments[0] == moments[2] != moments[1]
