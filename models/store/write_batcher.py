"""`Batch`: what several tasks want written at the same time is written together, and each waits until it is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from models.errors import Unavailable

Item = TypeVar("Item")


class WriteBatcher(Generic[Item]):
    """Many small writes as few larger ones, since a commit each is what limits a busy queue.

    Nobody waits for company: the first to come is written at once, and whoever comes meanwhile goes with the next.
    """

    __slots__ = ("_largest", "_waiting", "_write", "_writer")

    def __init__(self, write: Callable[[list[Item]], Awaitable[None]], *, largest: int = 200) -> None:
        """`write` commits a list of items, all or nothing; it is never called twice at once."""
        self._write = write
        self._largest = largest
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def put(self, item: Item) -> None:
        """Return once the item is written; raises what kept it from being written."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._writer is None or self._writer.done():
            # A task of its own: whoever started it may be cut off while others wait for it.
            self._writer = asyncio.create_task(self._run(), name="batch")
        await done

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._largest], self._waiting[self._largest :]
            try:
                await self._write_together(batch)
            except BaseException:  # cancelled, or the process ends
                _settle([*batch, *self._waiting], Unavailable())
                self._waiting = []
                raise

    async def _write_together(self, batch: list[tuple[Item, "asyncio.Future[None]"]]) -> None:
        """One that cannot be written keeps no other from it: they are tried once more, each alone."""
        try:
            await self._write([item for item, _ in batch])
        except Unavailable as error:
            _settle(batch, error)
        except Exception as error:
            if len(batch) == 1:
                _settle(batch, error)
                return
            for one in batch:
                await self._write_together([one])
        else:
            _settle(batch, None)


def _settle(batch: list[tuple[Item, "asyncio.Future[None]"]], error: Exception | None) -> None:
    for _, done in batch:
        if done.done():  # whoever waited was cut off
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
