"""Several processes count what is shared as one (HT4), with a few rows for those who spend much."""

from dataclasses import replace

import pytest

from models import limits
from models.errors import Unavailable
from models.limits import POSTS, SHARED, WRONG_SIGNATURES, Limit
from models.store import limit_sums
from models.store.database import Pool
from models.store.limit_memory import MemoryCounter
from models.store.limit_sums import MOST_TOLD, exchange
from tests.models.test_limits import Clock, spend

FEW = replace(POSTS, most=10, reported_from=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def one(clock: Clock) -> MemoryCounter:
    return MemoryCounter(clock)


@pytest.fixture
def other(clock: Clock) -> MemoryCounter:
    return MemoryCounter(clock)


async def count_rows(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM request_count"))


def tell(*counters: MemoryCounter, limit: Limit = FEW, window: int = 0, before: int = 0) -> None:
    """Let processes tell one another in turn, as through the database, where `before` of this key stand already."""
    total = before
    for counter in counters:
        told = counter.list_unreported(limit, most=10)
        total += told.get("a.test", 0)
        if told:
            counter.add_totals(limit, told, {"a.test": total}, window=window)


def test_ht04_what_is_spent_elsewhere_counts_here_for_a_minute(
    one: MemoryCounter, other: MemoryCounter, clock: Clock
) -> None:
    spend(one, FEW, 7)
    spend(other, FEW, 1)

    tell(one, other)

    assert spend(other, FEW, 3) == 2
    assert spend(one, FEW, 4) == 3
    clock.now += 61
    assert other.spend(FEW, "a.test")


def test_ht04_what_was_told_is_not_told_again_and_a_new_minute_begins_anew(
    one: MemoryCounter, other: MemoryCounter
) -> None:
    spend(one, FEW, 1)
    spend(other, FEW, 1)
    tell(one, other)
    assert one.list_unreported(FEW, most=10) == {}

    spend(other, FEW, 1)
    tell(other, window=60)

    assert spend(other, FEW, 8) == 7


def test_ht04_those_who_ask_seldom_are_not_told_of_and_not_remembered_for_later(
    one: MemoryCounter, clock: Clock
) -> None:
    limit = replace(POSTS, most=100, reported_from=5)
    for _ in range(20):
        spend(one, limit, 4)
        assert one.list_unreported(limit, most=10) == {}
        clock.now += 61

    spend(one, limit, 5)

    assert one.list_unreported(limit, most=10) == {"a.test": 5}


def test_ht04_the_busiest_are_told_first(one: MemoryCounter) -> None:
    for number in range(10, 15):
        spend(one, POSTS, number * 5, f"h{number}.test")

    assert one.list_unreported(POSTS, most=2) == {"h14.test": 70, "h13.test": 65}


def test_what_is_heard_of_a_window_of_the_clock_that_is_over_counts_no_more(one: MemoryCounter, clock: Clock) -> None:
    limit = limits.APP_REQUESTS
    spend(one, limit, 3)
    told, window = one.list_unreported(limit, most=10), one.window(limit)

    clock.now += 300
    spend(one, limit, 1)
    one.add_totals(limit, told, {"a.test": 1000}, window=window)

    assert one.used(limit, "a.test") == 1
    assert one.list_unreported(limit, most=10) == {"a.test": 1}, (
        "what was told of the window before is not taken off this one"
    )


async def test_ht04_a_server_has_one_limit_however_many_processes_there_are(
    pool: Pool, one: MemoryCounter, other: MemoryCounter
) -> None:
    allowed = 0
    for _ in range(12):  # a minute of exchanges, while it posts to both as fast as it can
        allowed += spend(one, POSTS, 30) + spend(other, POSTS, 30)
        await exchange(pool, one, SHARED)
        await exchange(pool, other, SHARED)

    assert 600 <= allowed <= 660
    assert spend(one, POSTS, 10, "lyon.test") == 10
    assert spend(one, WRONG_SIGNATURES, 10) == 10
    assert await count_rows(pool) == 1


async def test_processes_sum_what_clients_asked(pool: Pool, one: MemoryCounter, other: MemoryCounter) -> None:
    account = [limits.APP_REQUESTS]
    spend(one, limits.APP_REQUESTS, 3, "alice")
    spend(other, limits.APP_REQUESTS, 1, "alice")

    await exchange(pool, one, account)
    await exchange(pool, other, account)
    spend(other, limits.APP_REQUESTS, 1, "alice")

    assert other.used(limits.APP_REQUESTS, "alice") == 5
    await exchange(pool, other, account)
    assert other.used(limits.APP_REQUESTS, "alice") == 5, "what is told twice is counted once"


async def test_b38_rows_are_few_whoever_asks(pool: Pool, one: MemoryCounter) -> None:
    for number in range(4000):
        spend(one, POSTS, 1, f"h{number}.test")
        spend(one, limits.NETWORK_READS, 1, f"n{number}")
    await exchange(pool, one, SHARED)
    assert await count_rows(pool) == 0, "a crowd that asked once each is not what a limit is for"

    for number in range(600):
        spend(one, POSTS, 30, f"h{number}.test")
    await exchange(pool, one, SHARED)
    assert await count_rows(pool) == MOST_TOLD


async def test_what_could_not_be_told_is_told_later(
    pool: Pool, one: MemoryCounter, other: MemoryCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    spend(one, POSTS, 600)
    with monkeypatch.context() as patch, pytest.raises(Unavailable):
        patch.setattr(limit_sums, "add", _fail)
        await exchange(pool, one, SHARED)

    await exchange(pool, one, SHARED)
    spend(other, POSTS, 30)
    await exchange(pool, other, SHARED)

    assert spend(other, POSTS, 1) == 0


async def _fail(*_: object) -> dict[bytes, int]:
    raise Unavailable
