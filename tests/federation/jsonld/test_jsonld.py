"""The child process that runs pyld: it answers, or it is killed and made anew."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from federation.errors import KeyUnavailable, Malformed
from federation.jsonld.jsonld import TIME_LIMIT, JsonLdProcessor

AS = "https://www.w3.org/ns/activitystreams"
NOTE = {"@context": [AS, {"texte": "as:content"}], "type": "Note", "texte": "x"}


@pytest.fixture(scope="module")
async def processor() -> AsyncIterator[JsonLdProcessor]:
    """One for all tests: of those that kill its child the next one finds a new one."""
    processor = JsonLdProcessor()
    yield processor
    await processor.close()


def process_of(processor: JsonLdProcessor) -> asyncio.subprocess.Process:
    process = processor._process
    assert process is not None
    return process


async def test_a_document_comes_back_in_our_words(processor: JsonLdProcessor) -> None:
    assert await processor.compact(NOTE) == {"@context": AS, "type": "Note", "content": "x"}


async def test_one_process_serves_many_documents_in_turn(processor: JsonLdProcessor) -> None:
    answers = await asyncio.gather(*(processor.compact(NOTE | {"texte": str(n)}) for n in range(20)))

    assert [answer["content"] for answer in answers] == [str(n) for n in range(20)]


async def test_b30_a_document_that_takes_too_long_costs_its_process_and_no_other(processor: JsonLdProcessor) -> None:
    await processor.compact(NOTE)
    poisoned = process_of(processor)
    os.kill(poisoned.pid, signal.SIGSTOP)
    processor.time_limit = 0.2

    with pytest.raises(Malformed):
        await processor.compact(NOTE)

    processor.time_limit = TIME_LIMIT
    assert await poisoned.wait() == -signal.SIGKILL
    assert (await processor.compact(NOTE))["content"] == "x"


async def test_a_process_that_died_is_replaced(processor: JsonLdProcessor) -> None:
    await processor.compact(NOTE)
    process_of(processor).kill()
    await process_of(processor).wait()

    assert (await processor.compact(NOTE))["content"] == "x"


async def test_who_gives_up_waiting_leaves_no_answer_behind(processor: JsonLdProcessor) -> None:
    await processor.compact(NOTE)
    os.kill(process_of(processor).pid, signal.SIGSTOP)
    waiting = asyncio.create_task(processor.compact(NOTE | {"texte": "first"}))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert (await processor.compact(NOTE | {"texte": "second"}))["content"] == "second"


@pytest.mark.parametrize(
    "document",
    [
        {"@context": [AS, {"x": {"@id": 5}}], "type": "Note", "x": 1},
        {"@context": [AS, {"@version": 7}], "type": "Note"},
        {"@context": [AS, {"a": "b:c", "b": "a:d"}], "type": "Note"},
        {"@context": 5, "type": "Note"},
        {"@context": AS, "@id": {"x": "y"}},
    ],
)
async def test_what_is_no_json_ld_is_malformed(processor: JsonLdProcessor, document: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        await processor.compact(document)


@pytest.mark.parametrize(
    "context",
    [
        "https://evil.example/context",
        ["https://evil.example/a", {"@import": "https://evil.example/b"}],
        "file:///etc/passwd",
    ],
)
async def test_b32_nothing_is_fetched_and_an_unknown_context_is_empty(processor: JsonLdProcessor, context: Any) -> None:
    read = await processor.compact({"@context": context, "type": "Note", "content": "x"})

    assert (read["type"], read["content"]) == ("Note", "x")


async def test_b30_the_process_has_no_more_memory_than_it_was_given(processor: JsonLdProcessor) -> None:
    await processor.compact(NOTE)

    limits = Path(f"/proc/{process_of(processor).pid}/limits").read_text().splitlines()
    line = next(line for line in limits if line.startswith("Max address space"))
    assert line.split()[3] == str(512 * 1024 * 1024)


async def test_closing_ends_the_process() -> None:
    processor = JsonLdProcessor()
    await processor.compact(NOTE)
    process = process_of(processor)

    await processor.close()
    await processor.close()

    assert process.returncode == -signal.SIGKILL


async def test_b30_more_than_a_few_do_not_wait_for_one_process() -> None:
    processor = JsonLdProcessor(most_waiting=0)

    with pytest.raises(KeyUnavailable) as refused:
        await processor.compact({"type": "Note"})

    assert refused.value.retry_after == 30
