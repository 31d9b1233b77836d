"""A pool that opens its later connections late: who comes waits a moment for one that is there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from models.store import patient_pool
from models.store.database import Pool, connection, fetch_value, open_pool
from models.store.patient_pool import USUAL, PatientPool

FOR_EVER = 3600.0


@pytest.fixture
async def fresh(database_url: str) -> AsyncIterator[Pool]:
    """A pool of which nothing was asked yet."""
    made = await open_pool(database_url, size=USUAL + 2)
    yield made
    await made.close()


async def ask(pool: Pool) -> int:
    """One reader."""
    async with connection(pool) as conn:
        found: int = await fetch_value(conn, "SELECT 1")
    return found


async def test_many_who_ask_for_a_moment_share_three(fresh: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_pool, "PATIENCE", FOR_EVER)

    assert await asyncio.gather(*(ask(fresh) for _ in range(40))) == [1] * 40
    assert fresh.get_size() == USUAL


async def hold_all(held: AsyncExitStack, pool: Pool) -> None:
    """The usual ones are in use."""
    for _ in range(USUAL):
        await held.enter_async_context(connection(pool))


async def test_where_three_are_held_for_long_another_is_opened_and_the_next_does_not_wait(
    fresh: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_pool, "PATIENCE", 0.001)
    async with AsyncExitStack() as held:
        await hold_all(held, fresh)

        assert await ask(fresh) == 1
        monkeypatch.setattr(patient_pool, "PATIENCE", FOR_EVER)
        assert await ask(fresh) == 1
        assert fresh.get_size() == USUAL + 1


async def test_once_nobody_waits_any_more_three_do_again(fresh: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_pool, "PATIENCE", 0.001)
    monkeypatch.setattr(patient_pool, "CROWDED_SECONDS", 0)
    monkeypatch.setattr(patient_pool, "HELD_SECONDS", FOR_EVER)
    async with AsyncExitStack() as held:
        await hold_all(held, fresh)
        assert await ask(fresh) == 1
        monkeypatch.setattr(patient_pool, "PATIENCE", FOR_EVER)

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(fresh), 0.05)

    assert await ask(fresh) == 1


async def test_while_others_give_theirs_back_none_is_opened_and_one_look_is_not_enough(
    fresh: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_pool, "PATIENCE", FOR_EVER)
    assert isinstance(fresh, PatientPool)
    async with AsyncExitStack() as held:
        await hold_all(held, fresh)
        waiting = asyncio.create_task(ask(fresh))
        await asyncio.sleep(0)

        fresh._look()
        await look_after_one_was_given_back(fresh)
        assert not waiting.done()
        assert fresh.get_size() == USUAL

        fresh._look()
        assert await waiting == 1
        assert fresh.get_size() == USUAL + 1


async def test_who_stops_waiting_or_fails_takes_no_place_from_others(
    fresh: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_pool, "PATIENCE", FOR_EVER)
    async with AsyncExitStack() as held:
        await hold_all(held, fresh)
        waiting = asyncio.create_task(ask(fresh))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    for _ in range(USUAL + 1):
        with pytest.raises(ZeroDivisionError):
            async with connection(fresh):
                1 // 0  # noqa: B018

    assert await asyncio.gather(*(ask(fresh) for _ in range(2 * USUAL))) == [1] * 2 * USUAL
    assert fresh.get_size() == USUAL


async def look_after_one_was_given_back(pool: PatientPool) -> None:
    """They do go from hand to hand, and the pool looks at that."""
    pool._given_back += 1
    pool._look()
    await asyncio.sleep(0)


async def hold_two_for_long(held: AsyncExitStack, pool: PatientPool) -> None:
    """As an archive that is written, or a chore of the night."""
    for _ in range(2):
        conn = await held.enter_async_context(connection(pool))
        pool._taken[id(conn)] -= FOR_EVER


async def test_where_all_goes_over_one_since_the_others_are_held_for_long_another_is_opened_and_not_two(
    fresh: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_pool, "PATIENCE", FOR_EVER)
    assert isinstance(fresh, PatientPool)
    async with AsyncExitStack() as held:
        await hold_two_for_long(held, fresh)
        async with connection(fresh):
            waiting = asyncio.create_task(ask(fresh))
            await asyncio.sleep(0)
            await look_after_one_was_given_back(fresh)
            assert await waiting == 1
            async with connection(fresh):
                next_one = asyncio.create_task(ask(fresh))
                await asyncio.sleep(0)
                await look_after_one_was_given_back(fresh)
                assert not next_one.done()
            assert await next_one == 1

    assert fresh.get_size() == USUAL + 1


async def test_what_was_opened_stays_while_others_are_held_and_goes_when_nobody_needs_it(
    fresh: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_pool, "PATIENCE", FOR_EVER)
    monkeypatch.setattr(patient_pool, "CROWDED_SECONDS", 0.0)
    assert isinstance(fresh, PatientPool)
    async with AsyncExitStack() as held:
        await hold_two_for_long(held, fresh)
        async with connection(fresh):
            waiting = asyncio.create_task(ask(fresh))
            await asyncio.sleep(0)
            fresh._look()
            assert await waiting == 1

        await ask(fresh)
        assert fresh._more == 1

    await asyncio.gather(*(ask(fresh) for _ in range(USUAL)))
    assert fresh._more == 0


async def test_pages_have_their_turn_among_those_that_write_without_end_and_none_is_opened(
    fresh: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_pool, "PATIENCE", FOR_EVER)
    assert isinstance(fresh, PatientPool)
    pool, waits = fresh, list[int]()

    async def write() -> None:
        while len(waits) < 20:
            await ask(pool)

    async def show() -> None:
        for _ in range(20):
            before = pool._given_back
            async with connection(pool):
                waits.append(pool._given_back - before)
            pool._look()

    async with AsyncExitStack() as held:
        await hold_all(held, fresh)  # to open one takes its time
    await asyncio.gather(show(), *(write() for _ in range(2 * USUAL)))

    assert max(waits) <= 4 * USUAL
    assert fresh.get_size() == USUAL


async def test_who_waits_for_a_place_and_then_for_a_connection_waits_no_longer_than_she_would(
    fresh: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_pool, "PATIENCE", 3 * FOR_EVER)
    assert isinstance(fresh, PatientPool)
    loop, hangs, passed = asyncio.get_running_loop(), asyncio.Event(), 0.0
    time = loop.time

    async def hang(*_: object) -> None:
        hangs.set()
        await asyncio.Event().wait()

    async with AsyncExitStack() as held:
        await hold_all(held, fresh)
        waiting = asyncio.create_task(fresh.take(FOR_EVER))
        await asyncio.sleep(0)
        monkeypatch.setattr(loop, "time", lambda: time() + passed)
        monkeypatch.setattr(fresh, "_acquire", hang)
        passed = 0.6 * FOR_EVER
        fresh._places.release()
        await hangs.wait()
        passed = 1.2 * FOR_EVER
        for _ in range(5):
            await asyncio.sleep(0)
        assert waiting.done()
        assert isinstance(waiting.exception(), TimeoutError)
