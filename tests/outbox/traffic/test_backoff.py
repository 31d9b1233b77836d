"""The schedule of second tries."""

from datetime import UTC, datetime, timedelta

import pytest

from outbox.traffic.backoff import LONGEST, WAITS, next_attempt

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [
        (1, timedelta(seconds=15)),
        (2, timedelta(minutes=2)),
        (3, timedelta(minutes=10)),
        (4, timedelta(minutes=40)),
        (5, timedelta(hours=2)),
        (6, timedelta(hours=6)),
        (7, timedelta(hours=12)),
        (8, timedelta(days=1)),
        (12, timedelta(days=1)),
    ],
)
def test_ht06_waits_grow_as_agreed(failures: int, wait: timedelta) -> None:
    due = next_attempt(failures=failures, created_at=START, at=START, chance=0.5)

    assert due == START + wait


@pytest.mark.parametrize(("chance", "share"), [(0.0, 0.75), (1.0, 1.25)])
def test_ht06_waits_are_spread_by_a_quarter(chance: float, share: float) -> None:
    due = next_attempt(failures=3, created_at=START, at=START, chance=chance)

    assert due == START + WAITS[2] * share


def test_ht06_retry_after_is_waited_for() -> None:
    due = next_attempt(failures=1, created_at=START, at=START, chance=0.5, retry_after=3600)

    assert due == START + timedelta(hours=1)


def test_ht06_retry_after_never_shortens_a_wait() -> None:
    due = next_attempt(failures=4, created_at=START, at=START, chance=0.5, retry_after=1)

    assert due == START + WAITS[3]


def test_ht06_retry_after_is_obeyed_for_a_day_at_most() -> None:
    due = next_attempt(failures=1, created_at=START, at=START, chance=0.5, retry_after=10**9)

    assert due == START + timedelta(days=1)


def test_ht06_the_last_try_is_on_the_tenth_day() -> None:
    late = START + timedelta(days=9, hours=12)

    assert next_attempt(failures=15, created_at=START, at=late, chance=0.5) == START + LONGEST
    assert next_attempt(failures=16, created_at=START, at=START + LONGEST, chance=0.5) is None
