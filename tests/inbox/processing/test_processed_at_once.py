"""How much of what was received takes effect at once: of the usual connections one is left to others."""

import asyncio
from typing import Any

import pytest

from inbox.processing import prepared, process
from inbox.processing.process import process_due
from models.people.actors import Actor
from models.store.database import Connection, execute
from tests.inbox.desk import Desk


@pytest.mark.parametrize(("connections", "at_once"), [(2, 1), (3, 2), (4, 2), (100, 2)])
async def test_what_is_processed_at_once_leaves_a_connection_to_pages(
    desk: Desk, alice: Actor, monkeypatch: pytest.MonkeyPatch, connections: int, at_once: int
) -> None:
    senders = [desk.fediverse.add_person(f"sender{number}") for number in range(at_once + 1)]
    for sender in senders:
        await desk.meet(sender)
        await desk.post(sender, desk.activity(sender, "Like", alice.uri))
    read = inside = most = 0
    all_read, full = asyncio.Event(), asyncio.Event()

    async def may_pass_on(*_: Any, **__: Any) -> bool:
        nonlocal read
        read += 1
        if read == len(senders):
            all_read.set()
        return False

    async def apply(conn: Connection, *_: Any) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        if inside == at_once:
            full.set()
        await full.wait()
        await all_read.wait()
        for _turn in range(10):  # time for one more to come in, were it let in
            await execute(conn, "SELECT 1")
        inside -= 1

    monkeypatch.setattr(prepared, "may_pass_on", may_pass_on)
    monkeypatch.setattr(process, "apply", apply)
    monkeypatch.setattr(type(desk.instance.pool), "get_max_size", lambda _: connections)

    assert await process_due(desk.instance) == len(senders)
    assert most == at_once
