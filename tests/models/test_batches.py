"""Writing together."""

import asyncio

import pytest

from models.batches import Batch
from models.errors import Unavailable


async def test_what_comes_at_once_is_written_together() -> None:
    written: list[list[int]] = []

    async def write(items: list[int]) -> None:
        written.append(items)
        await asyncio.sleep(0.01)

    batch = Batch(write, largest=50)

    await asyncio.gather(*(batch.put(number) for number in range(120)))

    assert sorted(number for items in written for number in items) == list(range(120))
    assert [len(items) for items in written] == [50, 50, 20]


async def test_whoever_waits_learns_that_it_was_not_written_and_the_next_ones_go_on() -> None:
    fails = [True]

    async def write(_: list[int]) -> None:
        if fails:
            fails.clear()
            raise Unavailable

    batch = Batch(write)

    with pytest.raises(Unavailable):
        await batch.put(1)
    await batch.put(2)
