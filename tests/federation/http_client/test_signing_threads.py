"""Threads that sign: everybody gets what is hers, whoever fails or is cut off, and few hand-overs do it."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from federation.http_client.signing_threads import TOGETHER, SigningThreads


@pytest.fixture
async def threads() -> AsyncIterator[SigningThreads[str]]:
    threads = SigningThreads[str]()
    yield threads
    threads.close()


def _refuse() -> str:
    raise ValueError("no key")


async def test_each_gets_her_own_from_another_thread(threads: SigningThreads[str]) -> None:
    here = threading.current_thread().name
    where: set[str] = set()

    def make(number: int) -> str:
        where.add(threading.current_thread().name)
        return f"signed {number}"

    signed = await asyncio.gather(*(threads.sign(lambda number=number: make(number)) for number in range(50)))  # type: ignore[misc]  # a lambda with a default has no type of its own

    assert signed == [f"signed {number}" for number in range(50)]
    assert where
    assert here not in where


async def test_what_is_asked_for_at_once_is_handed_over_in_parts(
    threads: SigningThreads[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[int] = []
    submit = threads._threads.submit

    def count_and_submit(work: Any, some: list[object], loop: asyncio.AbstractEventLoop) -> object:
        handed.append(len(some))
        return submit(work, some, loop)

    monkeypatch.setattr(threads._threads, "submit", count_and_submit)

    await asyncio.gather(*(threads.sign(lambda: "signed") for _ in range(3 * TOGETHER + 1)))

    assert handed == [TOGETHER, TOGETHER, TOGETHER, 1]


async def test_one_that_fails_keeps_no_other_from_her_signature(threads: SigningThreads[str]) -> None:
    asked = [threads.sign(lambda: "first"), threads.sign(_refuse), threads.sign(lambda: "last")]

    first, refused, last = await asyncio.gather(*asked, return_exceptions=True)

    assert (first, last) == ("first", "last")
    assert isinstance(refused, ValueError)


async def test_whoever_is_cut_off_keeps_no_other_from_her_signature(threads: SigningThreads[str]) -> None:
    hurried = asyncio.create_task(threads.sign(lambda: "too late"))
    patient = asyncio.create_task(threads.sign(lambda: "signed"))
    await asyncio.sleep(0)

    hurried.cancel()

    assert await patient == "signed"
    assert hurried.cancelled()


@pytest.mark.parametrize("rounds", [1, 2], ids=["not handed over yet", "behind others in the threads"])
async def test_nobody_waits_for_threads_that_are_closed(threads: SigningThreads[str], rounds: int) -> None:
    go = threading.Event()
    asked = [asyncio.create_task(threads.sign(lambda: str(go.wait()))) for _ in range(100 * TOGETHER)]
    for _ in range(rounds):
        await asyncio.sleep(0)

    threads.close()
    go.set()

    ends = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(end) for end in ends} == {asyncio.CancelledError}
    with pytest.raises(RuntimeError):
        await threads.sign(lambda: "never")
