"""Several processes count what other servers spend as one (HT4), with a few rows for those who spend much."""

from collections.abc import AsyncIterator

import pytest

from federation.budget import FetchBudget
from inbox import policy
from models import quotas
from models.database import Pool, transaction
from models.errors import Unavailable
from tests.eventually import eventually
from tests.web.core import make_instance
from web.app import make_app
from web.jobs import forget_counts
from web.peer_counts import MOST_TOLD, exchange
from web.peer_quota import UNPROVEN, make_budget


def spend(budget: FetchBudget, host: str, times: int) -> int:
    """How many of so many were allowed."""
    return sum(budget.spend(host) for _ in range(times))


async def count_rows(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM request_count"))


@pytest.fixture
async def processes(pool: Pool) -> AsyncIterator[list[dict[str, FetchBudget]]]:
    """The counters of two processes."""
    yield [{"posts of": FetchBudget(600), "wrong signatures of": FetchBudget(300)} for _ in range(2)]


async def test_ht04_a_server_has_one_budget_however_many_processes_there_are(
    pool: Pool, processes: list[dict[str, FetchBudget]]
) -> None:
    one, other = processes
    allowed = 0
    for _ in range(12):  # a minute of exchanges, while it posts to both as fast as it can
        allowed += spend(one["posts of"], "henin.test", 30) + spend(other["posts of"], "henin.test", 30)
        await exchange(pool, one)
        await exchange(pool, other)

    assert 600 <= allowed <= 660
    assert spend(one["posts of"], "lyon.test", 10) == 10
    assert spend(one["wrong signatures of"], "henin.test", 10) == 10
    assert await count_rows(pool) <= 2  # one a minute, and a minute may end meanwhile


async def test_b38_rows_are_few_whoever_asks(pool: Pool, processes: list[dict[str, FetchBudget]]) -> None:
    one, _ = processes
    for number in range(4000):
        spend(one["posts of"], f"h{number}.test", 1)
    await exchange(pool, one)
    assert await count_rows(pool) == 0

    for number in range(MOST_TOLD + 100):
        spend(one["posts of"], f"h{number}.test", 30)
    await exchange(pool, one)
    assert await count_rows(pool) == MOST_TOLD


async def test_what_could_not_be_told_is_told_later(
    pool: Pool, processes: list[dict[str, FetchBudget]], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = processes
    spend(one["posts of"], "henin.test", 600)
    with monkeypatch.context() as patch, pytest.raises(Unavailable):
        patch.setattr(quotas, "add", _fail)
        await exchange(pool, one)

    await exchange(pool, one)
    spend(other["posts of"], "henin.test", 30)
    await exchange(pool, other)

    assert spend(other["posts of"], "henin.test", 1) == 0


async def _fail(*_: object) -> dict[bytes, int]:
    raise Unavailable


async def test_ht04_the_server_shares_what_its_inboxes_count(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.peer_counts.PAUSE_SECONDS", 0.01)
    instances = [make_instance(pool), make_instance(pool)]
    apps = [make_app(instance) for instance in instances]
    for app in apps:
        app.freeze()
        await app.startup()
    spend(instances[0].inbox_requests, "henin.test", 600)
    spend(apps[0][UNPROVEN], "203.0.113.0/24", 600)
    spend(instances[1].inbox_requests, "henin.test", 30)
    spend(apps[1][UNPROVEN], "203.0.113.0/24", 30)

    async def refuses() -> bool:
        return not spend(instances[1].inbox_requests, "henin.test", 1) + spend(apps[1][UNPROVEN], "203.0.113.0/24", 1)

    await eventually(refuses, within=5)  # by itself, it would allow more than it is asked in this time
    for app in apps:
        await app.cleanup()


async def test_old_counts_are_forgotten_many_times_a_day(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await conn.execute(
            "INSERT INTO request_count (window_start, key_hash, requests) VALUES (now() - interval '2 hours', 'x', 1)"
        )

    await forget_counts(make_instance(pool))

    assert await count_rows(pool) == 0


async def test_a_refusal_is_the_same_whoever_counted(pool: Pool) -> None:
    here, elsewhere = make_instance(pool), make_instance(pool)
    spend(elsewhere.inbox_requests, "henin.test", 600)
    spend(here.inbox_requests, "henin.test", 30)

    await exchange(pool, {"posts of": elsewhere.inbox_requests})
    await exchange(pool, {"posts of": here.inbox_requests})

    with pytest.raises(policy.TooMany):
        policy.require_patience(here, "henin.test")
    policy.require_patience(here, "lyon.test")
    assert make_budget().spend("203.0.113.0/24")
