"""`Background`: what goes on in a process for as long as it lives; whatever ends one of it, it is started again.

A task that fails is logged with its traceback and starts again after a pause that grows from failure to failure. While
the database is away they all wait, which is said once; one that keeps failing is noted for the administrators.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from models.errors import DeclicError, Unavailable
from models.store.background import periodic_tasks
from models.store.database import Pool, transaction

log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[None]]
"""Goes on until it is cancelled, or the process stops."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
AWAY_PAUSE = 1.0
"""Seconds before the next start: after the first failure, at the most, and while the database is away."""

WELL_SECONDS = 30.0
"""What ran for so long is well again."""

NOTED_FROM = 2
"""A failure that comes and goes is in the log; one that comes again is told to the administrators."""

FORGOTTEN_SECONDS = 7500.0
"""What ran for so long is told to nobody any more (see `periodic_tasks.note_success`)."""


class TaskEnded(DeclicError):
    """A task that should go on has ended."""


@dataclass(slots=True)
class _Task:
    """One of them; `failures` counts those in a row."""

    name: str
    work: Work
    task: asyncio.Task[None] | None = None
    failures: int = 0
    away: bool = False


class Background:
    """The tasks of one process."""

    def __init__(self, pool: Pool | None, stopping: asyncio.Event | None = None) -> None:
        """Without a `pool` failures are only logged. Once `stopping` is set, what ends or fails has done its work."""
        self._pool = pool
        self._stopping = stopping or asyncio.Event()
        self._tasks: dict[str, _Task] = {}

    @property
    def failing(self) -> list[str]:
        """The names of those that failed a moment ago, and more than once."""
        return sorted(one.name for one in self._tasks.values() if one.failures >= NOTED_FROM)

    def start(self, name: str, work: Work) -> None:
        """Keep this going. The name is what administrators read."""
        one = _Task(name=name, work=work)
        self._tasks[name] = one
        one.task = asyncio.create_task(self._keep(one), name=name)

    async def finish(self, seconds: float) -> list[str]:
        """Wait for those that end by themselves once `stopping` is set; the names of those that had to be cut off."""
        _, late = await asyncio.wait(self._list(), timeout=seconds) if self._tasks else (set(), set())
        await self.stop()
        return sorted(task.get_name() for task in late)

    async def stop(self) -> None:
        """End them all."""
        tasks = self._list()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _list(self) -> list["asyncio.Task[None]"]:
        return [one.task for one in self._tasks.values() if one.task is not None]

    async def _keep(self, one: _Task) -> None:
        while not self._stopping.is_set():
            begun = time.monotonic()
            error = await self._run(one)
            if self._stopping.is_set():
                if not isinstance(error, Unavailable | TaskEnded):
                    log.error("task_failed", task=one.name, cause=periodic_tasks.describe_cause(error), exc_info=error)
                return
            if time.monotonic() - begun >= WELL_SECONDS:
                one.failures = 0
            pause = AWAY_PAUSE if isinstance(error, Unavailable) else self._count(one, error)
            if isinstance(error, Unavailable) and not one.away:
                one.away = True
                log.warning("task_waits_for_database", task=one.name, cause=str(error.__cause__ or error))
            await self._note(one, error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    def _count(self, one: _Task, error: Exception) -> float:
        """One more failure; how long to pause."""
        one.failures += 1
        pause = min(FIRST_PAUSE * 2.0 ** (one.failures - 1), LONGEST_PAUSE)
        log.error(
            "task_failed",
            task=one.name,
            failures=one.failures,
            again_in=pause,
            cause=periodic_tasks.describe_cause(error),
            exc_info=error,
        )
        return pause

    async def _run(self, one: _Task) -> Exception:
        """Let it run; how it ended."""
        running = asyncio.ensure_future(one.work())
        try:
            for seconds in (WELL_SECONDS, FORGOTTEN_SECONDS, None):
                await asyncio.wait({running}, timeout=seconds)
                if running.done():
                    break
                await self._settle(one, forget=seconds == FORGOTTEN_SECONDS)
            error = None if running.cancelled() else running.exception()
            if error is not None and not isinstance(error, Exception):
                raise error  # the process is to end
            return error or TaskEnded()
        finally:
            if not running.done():
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    async def _settle(self, one: _Task, *, forget: bool) -> None:
        """It is well; after some hours nobody is told any more that it was not."""
        if one.away:
            log.info("task_goes_on", task=one.name)
        one.failures, one.away = 0, False
        if forget and self._pool is not None:
            with suppress(Exception):  # the next failure says more
                async with transaction(self._pool) as conn:
                    await periodic_tasks.note_success(conn, one.name)

    async def _note(self, one: _Task, error: Exception) -> None:
        if self._pool is None or one.failures < NOTED_FROM or isinstance(error, Unavailable):
            return
        try:
            async with transaction(self._pool) as conn:
                await periodic_tasks.note_failure(conn, one.name, periodic_tasks.describe_cause(error))
        except Exception as trouble:
            log.warning("failure_not_noted", task=one.name, cause=periodic_tasks.describe_cause(trouble))
