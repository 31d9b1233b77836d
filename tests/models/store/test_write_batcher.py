"""Writing together."""

import asyncio

import pytest

from models.errors import Unavailable
from models.store import write_batcher
from models.store.database import Connection, Pool, fetch_value
from models.store.write_batcher import WriteBatcher

FOR_EVER = 3600.0


async def test_what_comes_at_once_is_written_together(pool: Pool) -> None:
    written: list[list[int]] = []

    async def write(_: Connection, items: list[int]) -> None:
        written.append(items)
        await asyncio.sleep(0.01)

    batch = WriteBatcher(pool, write, largest=50)

    await asyncio.gather(*(batch.put(number) for number in range(120)))

    assert sorted(number for items in written for number in items) == list(range(120))
    assert [len(items) for items in written] == [50, 50, 20]


async def test_whoever_waits_learns_that_it_was_not_written_and_the_next_ones_go_on(pool: Pool) -> None:
    fails = [True]

    async def write(_: Connection, __: list[int]) -> None:
        if fails:
            fails.clear()
            raise Unavailable

    batch = WriteBatcher(pool, write)

    with pytest.raises(Unavailable):
        await batch.put(1)
    await batch.put(2)


async def test_one_that_cannot_be_written_keeps_no_other_from_it_and_says_why(pool: Pool) -> None:
    written: list[int] = []

    async def write(_: Connection, items: list[int]) -> None:
        await asyncio.sleep(0)
        if 3 in items:
            raise ZeroDivisionError("a mistake")
        written.extend(items)

    batch = WriteBatcher(pool, write)
    ends = await asyncio.gather(*(batch.put(number) for number in range(6)), return_exceptions=True)

    assert written == [0, 1, 2, 4, 5]
    assert [type(end) for end in ends] == [type(None)] * 3 + [ZeroDivisionError] + [type(None)] * 2


async def test_who_waits_for_a_writer_that_is_cut_off_learns_it(pool: Pool) -> None:
    writing = asyncio.Event()

    async def write(_: Connection, __: list[int]) -> None:
        writing.set()
        await asyncio.Event().wait()

    batch = WriteBatcher(pool, write)
    waits = [asyncio.create_task(batch.put(number)) for number in range(2)]
    await writing.wait()
    [writer] = [task for task in asyncio.all_tasks() if task.get_name() == "batch"]
    writer.cancel()

    assert [type(end) for end in await asyncio.gather(*waits, return_exceptions=True)] == [Unavailable] * 2


async def test_a_write_that_takes_too_long_is_given_up_and_the_next_ones_go_on(pool: Pool) -> None:
    slow = [True]

    async def write(_: Connection, __: list[int]) -> None:
        if slow:
            slow.clear()
            await asyncio.Event().wait()

    batch = WriteBatcher(pool, write, seconds=0.25)

    with pytest.raises(Unavailable):
        await batch.put(1)
    await batch.put(2)


async def test_who_waits_for_a_write_that_hangs_is_told_in_time_and_its_connection_goes(pool: Pool) -> None:
    backends: list[int] = []
    released = asyncio.Event()

    async def write(conn: Connection, _: list[int]) -> None:
        backends.append(await fetch_value(conn, "SELECT pg_backend_pid()"))
        if len(backends) == 1:
            try:
                await asyncio.Event().wait()
            finally:
                await released.wait()  # as where the connection waits for a backend that hears no cancellation

    batch = WriteBatcher(pool, write, seconds=0.1)

    with pytest.raises(Unavailable):
        await asyncio.wait_for(batch.put(1), 5)
    released.set()
    await batch.put(2)
    assert backends[0] != backends[1]


async def test_what_comes_meanwhile_goes_over_the_same_connection_for_a_while(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    conns: list[Connection] = []

    async def write(conn: Connection, _: list[int]) -> None:
        conns.append(conn)
        if len(conns) < 5:
            batch.add(len(conns))

    batch = WriteBatcher(pool, write)
    await batch.put(0)
    await asyncio.sleep(0)
    while len(conns) < 5:
        await asyncio.sleep(0)
    held = set(map(id, conns))
    monkeypatch.setattr(write_batcher, "HELD_SECONDS", 0.0)
    last = len(conns)
    batch.add(1)
    await batch.put(2)

    assert len(held) == 1
    assert len(conns) > last, "and then whoever waits for a connection has a turn"


async def test_what_came_while_a_write_was_given_up_is_written(pool: Pool) -> None:
    written: list[int] = []
    hangs = asyncio.Event()

    async def write(_: Connection, items: list[int]) -> None:
        if 1 in items:
            hangs.set()
            await asyncio.Event().wait()
        written.extend(items)

    batch = WriteBatcher(pool, write, seconds=FOR_EVER)
    first = batch.add(1)
    await hangs.wait()
    rest = [batch.add(number) for number in (2, 3)]
    batch._cut_off()

    with pytest.raises(Unavailable):
        await first
    await asyncio.wait_for(asyncio.gather(*rest), 5)
    assert written == [2, 3]


async def test_while_many_come_the_next_write_waits_for_company(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[list[int]] = []
    sleep = asyncio.sleep

    async def write(_: Connection, items: list[int]) -> None:
        if not written:
            rest.extend(batch.add(number) for number in (1, 2))
        written.append(items)

    async def come_meanwhile(seconds: float) -> None:
        assert seconds == 0.5
        rest.append(batch.add(3))
        monkeypatch.setattr(asyncio, "sleep", sleep)

    batch, rest = WriteBatcher(pool, write, pause=0.5), list["asyncio.Future[None]"]()
    monkeypatch.setattr(asyncio, "sleep", come_meanwhile)
    await batch.put(0)
    await asyncio.gather(*rest)

    assert written == [[0], [1, 2, 3]]


async def test_who_comes_alone_waits_for_nobody(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def write(_: Connection, __: list[int]) -> None: ...

    async def never(_: float) -> None:
        raise AssertionError

    batch = WriteBatcher(pool, write, pause=60)
    monkeypatch.setattr(asyncio, "sleep", never)

    for number in range(3):
        await batch.put(number)


async def test_who_waits_behind_a_database_that_hangs_waits_no_longer_than_a_write_may_take(pool: Pool) -> None:
    hangs = asyncio.Event()

    async def write(_: Connection, __: list[int]) -> None:
        hangs.set()
        await asyncio.Event().wait()

    batch = WriteBatcher(pool, write, largest=1, seconds=FOR_EVER)
    first = [batch.add(number) for number in range(5)]
    await hangs.wait()
    batch._seconds = 0.0
    batch._cut_off()

    ends = await asyncio.wait_for(asyncio.gather(*first, return_exceptions=True), 5)
    assert [type(end) for end in ends] == [Unavailable] * 5


async def test_what_took_postgresql_too_long_is_tried_no_more(pool: Pool) -> None:
    tried: list[list[int]] = []

    async def write(_: Connection, items: list[int]) -> None:
        tried.append(items)
        raise TimeoutError

    batch = WriteBatcher(pool, write)
    ends = await asyncio.gather(*(batch.put(number) for number in range(3)), return_exceptions=True)

    assert [type(end) for end in ends] == [Unavailable] * 3
    assert tried == [[0, 1, 2]]
