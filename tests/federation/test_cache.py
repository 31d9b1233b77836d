"""Caches and budgets: bounded, and forgetful."""

import pytest

from federation import cache as cache_module
from federation.budget import FetchBudget
from federation.cache import Cache


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(cache_module, "time", clock)
    monkeypatch.setattr("federation.budget.time", clock)
    return clock


def test_values_are_forgotten_in_time(clock: Clock) -> None:
    cache: Cache[str, int] = Cache(size=10, seconds=60)
    cache.keep("a", 1)

    assert cache.find("a") == 1
    clock.now += 61
    assert cache.find("a") is None and len(cache) == 0


def test_b38_the_least_recently_used_goes_when_it_is_full(clock: Clock) -> None:
    cache: Cache[int, int] = Cache(size=3, seconds=60)
    for number in range(3):
        cache.keep(number, number)
    cache.find(0)
    cache.keep(3, 3)

    assert [cache.find(number) for number in range(4)] == [0, None, 2, 3]
    cache.forget(0)
    cache.forget(99)
    assert cache.find(0) is None
    cache.clear()
    assert len(cache) == 0


def test_b14_a_budget_is_per_host_and_minute(clock: Clock) -> None:
    budget = FetchBudget(limit=2)

    assert [budget.spend("a.test") for _ in range(3)] == [True, True, False]
    assert budget.spend("b.test")
    clock.now += 61
    assert budget.spend("a.test")


def test_b14_the_turn_of_a_minute_gives_nobody_two_budgets(clock: Clock) -> None:
    budget = FetchBudget(limit=30)
    clock.now = 60 * 100 - 0.5

    asked = []
    for _ in range(240):
        asked.append(sum(budget.spend("a.test") for _ in range(60)))
        clock.now += 0.5

    assert max(sum(asked[start : start + 120]) for start in range(120)) == 30


def test_what_is_given_back_can_be_spent_again(clock: Clock) -> None:
    budget = FetchBudget(limit=2)
    budget.give_back("a.test")

    assert [budget.spend("a.test") for _ in range(2)] == [True, True]
    clock.now += 1
    budget.give_back("a.test")

    assert [budget.spend("a.test") for _ in range(2)] == [True, False]
