"""While activities come in a stream they wait a little for each other; who comes alone, or after a rest, does not."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from federation.instance import Instance
from inbox.processing import process
from inbox.processing.prepared import prepare
from inbox.processing.process import process_due
from inbox.processing.sets import EffectSets
from models.errors import Unavailable
from models.store.database import Connection
from models.traffic.inbound import received
from models.traffic.inbound.received import Received
from tests.fediverse import Person
from tests.inbox.desk import Desk


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the worker looked for what is due."""
    moments: list[float] = []
    claim = received.claim

    async def note(conn: Connection, *, worker: UUID, limit: int, at: datetime, busy: bool = False) -> Any:
        moments.append(asyncio.get_running_loop().time())
        return await claim(conn, worker=worker, limit=limit, at=at, busy=busy)

    monkeypatch.setattr(received, "claim", note)
    return moments


@pytest.mark.parametrize(("count", "wake"), [(1, asyncio.Event()), (3, None)])
async def test_one_that_comes_alone_waits_for_nobody_nor_does_who_drives_the_worker_by_hand(
    desk: Desk, bob: Person, monkeypatch: pytest.MonkeyPatch, count: int, wake: asyncio.Event | None
) -> None:
    await desk.meet(bob)
    for _ in range(count):
        await desk.post(bob, desk.create(bob))
    monkeypatch.setattr(process, "GATHERING_PAUSE", 3600.0)

    async with asyncio.timeout(60):
        assert await process_due(desk.instance, wake=wake) == count


async def test_after_several_the_next_are_looked_for_a_little_later(
    desk: Desk, bob: Person, looks: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.meet(bob)
    for _ in range(3):
        await desk.post(bob, desk.create(bob))
    monkeypatch.setattr(process, "GATHERING_PAUSE", 0.1)

    assert await process_due(desk.instance, wake=asyncio.Event()) == 3

    assert len(looks) == 2 and looks[1] - looks[0] >= 0.1


async def test_who_takes_all_that_there_is_room_for_looks_again_at_once(
    desk: Desk, bob: Person, looks: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.meet(bob)
    for _ in range(5):
        await desk.post(bob, desk.create(bob))
    monkeypatch.setattr(process, "AT_ONCE", 2)
    monkeypatch.setattr(process, "GATHERING_PAUSE", 3600.0)
    monkeypatch.setattr(process, "PATIENCE", 0.01)

    async with asyncio.timeout(60):
        assert await process_due(desk.instance, wake=asyncio.Event()) == 5

    assert len(looks) >= 3


async def test_where_what_is_ready_cannot_take_effect_a_slow_fetch_is_waited_for_no_longer(
    desk: Desk, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.meet(bob)
    for _ in range(2):
        await desk.post(bob, desk.create(bob))
    read: list[Received] = []

    async def hang(instance: Instance, item: Received) -> Any:
        read.append(item)
        return await prepare(instance, item) if len(read) == 1 else await asyncio.Event().wait()

    async def fail(*_: Any) -> None:
        raise Unavailable

    monkeypatch.setattr(process, "prepare", hang)
    monkeypatch.setattr(EffectSets, "take", fail)
    monkeypatch.setattr(process, "PATIENCE", 0.01)

    with pytest.raises(Unavailable):
        async with asyncio.timeout(5):
            await process_due(desk.instance)
