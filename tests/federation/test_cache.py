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


def exchange(*budgets: FetchBudget, window: int = 0, before: int = 0) -> None:
    """Let processes tell one another in turn, as through the database, where `before` of this host stand already."""
    total = before
    for budget in budgets:
        told = budget.tell(most=10)
        total += told.get("a.test", 0)
        if told:
            budget.hear(told, {"a.test": total}, window=window)


def test_ht04_what_is_spent_elsewhere_counts_here_for_a_minute(clock: Clock) -> None:
    one, other = FetchBudget(limit=10), FetchBudget(limit=10)
    assert all(one.spend("a.test") for _ in range(7))
    assert other.spend("a.test")

    exchange(one, other)

    assert [other.spend("a.test") for _ in range(3)] == [True, True, False]
    assert [one.spend("a.test") for _ in range(4)] == [True, True, True, False]
    clock.now += 62
    assert other.spend("a.test")


def test_ht04_what_was_told_is_not_told_again_and_a_new_minute_begins_anew(clock: Clock) -> None:
    one, other = FetchBudget(limit=10), FetchBudget(limit=10)
    assert one.spend("a.test") and other.spend("a.test")
    exchange(one, other)
    assert one.tell(most=10) == {}

    assert other.spend("a.test")
    exchange(other, window=60)

    assert [other.spend("a.test") for _ in range(8)] == [True] * 7 + [False]


def test_ht04_those_who_ask_seldom_are_not_told_of_and_not_remembered_for_later(clock: Clock) -> None:
    budget = FetchBudget(limit=100)
    for _ in range(20):
        assert all(budget.spend("a.test") for _ in range(4))
        assert budget.tell(most=10) == {}
        clock.now += 62

    assert all(budget.spend("a.test") for _ in range(5))

    assert budget.tell(most=10) == {"a.test": 5}


def test_ht04_the_busiest_are_told_first(clock: Clock) -> None:
    budget = FetchBudget(limit=10)
    for number in range(1, 6):
        assert all(budget.spend(f"h{number}.test") for _ in range(number))

    assert budget.tell(most=2) == {"h5.test": 5, "h4.test": 4}


def test_what_is_given_back_can_be_spent_again(clock: Clock) -> None:
    budget = FetchBudget(limit=2)
    budget.give_back("a.test")

    assert [budget.spend("a.test") for _ in range(2)] == [True, True]
    clock.now += 1
    budget.give_back("a.test")

    assert [budget.spend("a.test") for _ in range(2)] == [True, False]
