"""A child process that is killed when it is slow: for documents that plain reading would misread, and for long HTML."""

import asyncio
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from federation.errors import KeyUnavailable, Malformed
from federation.json.fields import Json
from federation.texts.html_cleaner import CleanHtml

TIME_LIMIT = 2.0
"""Seconds that one document may take; a poisoned one would take for ever (B-30)."""

START_LIMIT = 20.0
DOCUMENTS_PER_PROCESS = 5_000
MAX_ANSWER = 8 * 1024 * 1024
MOST_WAITING = 256
"""So many may wait for one process; who comes then is asked to come again."""


class TookTooLong(Malformed):
    """This document takes too long to understand."""


@dataclass(slots=True, kw_only=True)
class JsonLdProcessor:
    """The way to pyld: one child process, started when first needed, one document at a time.

    The Instance holds one that compacts and one that opens linked-data signatures, so that these delay nobody else.
    """

    work: str = "compact"
    time_limit: float = TIME_LIMIT
    most_waiting: int = MOST_WAITING
    _waiting: int = 0
    _process: asyncio.subprocess.Process | None = None
    _done: int = 0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def compact(self, document: Json) -> Json:
        """The document in the words of our readers; raises Malformed where pyld refuses or does not finish in time."""
        return await self.ask(document)

    async def clean(self, html: str) -> CleanHtml:
        """Long HTML of others, cleaned, with its pictures. Raises Malformed where that does not end in time."""
        return CleanHtml(**await self.ask({"html": html}, "clean"))

    async def ask(self, document: Json, work: str | None = None) -> Json:
        """What the child makes of this document. Raises Malformed; KeyUnavailable while too many wait."""
        if self._waiting >= self.most_waiting:
            raise KeyUnavailable("Too many documents wait to be understood; please send this again.", retry_after=30)
        self._waiting += 1
        try:
            return await self._ask_in_turn({"work": work or self.work, "document": document})
        finally:
            self._waiting -= 1

    async def _ask_in_turn(self, message: Json) -> Json:
        async with self._lock:
            try:
                process = await self._find_process()
                async with asyncio.timeout(self.time_limit):
                    answer = await _ask(process, message)
            except TimeoutError:
                self._kill()
                raise TookTooLong from None
            except (OSError, asyncio.IncompleteReadError, orjson.JSONDecodeError):
                self._kill()
                raise Malformed("This document cannot be understood.") from None
            except BaseException:
                # Whoever waited went away: an answer may still be under way and must not be taken for the next one.
                self._kill()
                raise
        compacted = answer.get("document")
        if not isinstance(compacted, dict):
            raise Malformed("This document is not valid JSON-LD.")
        return compacted

    async def close(self) -> None:
        """End the child process."""
        process = self._process
        self._kill()
        if process is not None:
            await process.wait()

    async def _find_process(self) -> asyncio.subprocess.Process:
        if self._done >= DOCUMENTS_PER_PROCESS:
            self._kill()
        if self._process is None or self._process.returncode is not None:
            self._process = await _start()
            self._done = 0
        self._done += 1
        return self._process

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        self._process = None


async def _start() -> asyncio.subprocess.Process:
    root = str(Path(__file__).parents[2])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "federation.jsonld.jsonld_child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=os.sep,
        env={"PYTHONPATH": root},
    )
    try:
        async with asyncio.timeout(START_LIMIT):
            await _receive(process)
    except BaseException:
        process.kill()
        raise
    return process


async def _ask(process: asyncio.subprocess.Process, message: Json) -> Json:
    assert process.stdin is not None
    body = orjson.dumps(message)
    process.stdin.write(len(body).to_bytes(4, "big") + body)
    await process.stdin.drain()
    return await _receive(process)


async def _receive(process: asyncio.subprocess.Process) -> Json:
    assert process.stdout is not None
    length = int.from_bytes(await process.stdout.readexactly(4), "big")
    if length > MAX_ANSWER:
        raise OSError("the answer is too long")
    answer: Json = orjson.loads(await process.stdout.readexactly(length))
    return answer
