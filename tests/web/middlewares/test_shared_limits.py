"""The processes of a server share what they count (HT4)."""

import pytest

from inbox.receiving import inbox_policy
from models import limits
from models.limits import POSTS, SHARED, UNPROVEN_POSTS, WRONG_SIGNATURES
from models.store.database import Pool, transaction
from models.store.limit_memory import MemoryCounter
from models.store.limit_sums import exchange
from tests.eventually import eventually
from tests.web.small_app import make_instance
from web.server.app import make_app
from web.server.worker.jobs import forget_counts


def spend(counter: MemoryCounter, times: int) -> int:
    """How many of so many were allowed, of four limits."""
    told = (POSTS, UNPROVEN_POSTS, limits.NETWORK_READS, limits.APP_REQUESTS)
    return sum(counter.spend(limit, "a") for limit in told for _ in range(times))


async def test_ht04_the_server_shares_what_is_counted(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.store.limit_sums.PAUSE_SECONDS", 0.01)
    instances = [make_instance(pool), make_instance(pool)]
    apps = [make_app(instance) for instance in instances]
    for app in apps:
        app.freeze()
        await app.startup()
    spend(instances[0].counter, 1500)
    spend(instances[1].counter, 30)

    async def refuses() -> bool:
        return not spend(instances[1].counter, 1)

    await eventually(refuses, within=5)  # by itself, it would allow more than it is asked in this time
    for app in apps:
        await app.cleanup()


async def test_old_sums_are_forgotten_many_times_a_day(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await conn.execute(
            "INSERT INTO request_count (window_start, key_hash, requests) VALUES (now() - interval '2 hours', 'x', 1)"
        )

    await forget_counts(make_instance(pool))

    assert await pool.fetchval("SELECT count(*) FROM request_count") == 0


async def test_a_refusal_is_the_same_whoever_counted(pool: Pool) -> None:
    here, elsewhere = make_instance(pool), make_instance(pool)
    for limit, most in (POSTS, 600), (WRONG_SIGNATURES, 300):
        for _ in range(most):
            elsewhere.counter.spend(limit, "henin.test")
        for _ in range(30):
            here.counter.spend(limit, "henin.test")

    await exchange(pool, elsewhere.counter, SHARED)
    await exchange(pool, here.counter, SHARED)

    with pytest.raises(inbox_policy.TooMany):
        inbox_policy.require_rate(here, "henin.test")
    with pytest.raises(inbox_policy.TooManyFailures):
        inbox_policy.note_failure(here, "henin.test")
    inbox_policy.require_rate(here, "lyon.test")
    inbox_policy.note_failure(here, "lyon.test")
