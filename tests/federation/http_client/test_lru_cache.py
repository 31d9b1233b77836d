"""Caches: bounded, and forgetful."""

import pytest

from federation.http_client import lru_cache as cache_module
from federation.http_client.lru_cache import Cache


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(cache_module, "time", clock)
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


def test_what_was_read_before_something_was_forgotten_is_not_kept() -> None:
    cache: Cache[str, int] = Cache(size=10, seconds=60)
    since = cache.forgotten

    cache.keep("a", 1, since=since)
    cache.forget("b")
    cache.keep("a", 2, since=since)
    cache.keep("c", 3)

    assert (cache.find("a"), cache.find("c")) == (1, 3)
