"""`WriteBatcher`: what several tasks want written at the same time is written together, and each waits until it is."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Generic, TypeVar

from models.errors import Unavailable
from models.store.database import Connection, Pool, connection, drop

Item = TypeVar("Item")


Waiting = tuple[Item, "asyncio.Future[None]"]


class WriteBatcher(Generic[Item]):
    """Many small writes as few larger ones, since a commit each is what limits a busy queue.

    Nobody waits for company: the first to come is written at once, and whoever comes meanwhile goes with the next.
    """

    __slots__ = ("_alone", "_largest", "_places", "_pool", "_seconds", "_waiting", "_write", "_writer")

    def __init__(
        self,
        pool: Pool,
        write: Callable[[Connection, list[Item]], Awaitable[object]],
        *,
        largest: int = 200,
        places: AbstractAsyncContextManager[object] | None = None,
        seconds: float | None = None,
    ) -> None:
        """`write` commits a list of items on a connection; it is never called twice at once. Where it raises, each is
        tried alone.

        `places` is what has to let it in before it takes a connection: as a semaphore shared with others. A write that
        takes more than `seconds` is given up, and who waits for it gets Unavailable.
        """
        self._places = places or nullcontext()
        self._pool = pool
        self._write = write
        self._largest = largest
        self._seconds = seconds
        self._waiting: list[Waiting[Item]] = []
        self._alone: deque[Waiting[Item]] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def put(self, item: Item) -> None:
        """Return once the item is committed; raises what kept it from that, Unavailable where the database is away."""
        await self.add(item)

    def add(self, item: Item) -> "asyncio.Future[None]":
        """The same for whoever adds several before waiting: what is done once the item is committed."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._writer is None or self._writer.done():
            # A task of its own: whoever started it may be cut off while others wait for it.
            self._writer = asyncio.create_task(self._run(), name="batch")
        return done

    async def _run(self) -> None:
        while batch := self._take():
            held: list[Connection] = []
            writing = asyncio.create_task(self._write_together(batch, held), name="batch write")
            try:
                await asyncio.wait([writing], timeout=self._seconds)
                if writing.done():
                    self._end(batch, writing)
                else:  # who waits is told first: what hangs may be long in giving its connection back
                    _settle(batch, Unavailable())
                    await _cut_off(writing, held)
            except BaseException:  # cancelled, or the process ends
                _settle([*batch, *self._alone, *self._waiting], Unavailable())
                self._alone.clear()
                self._waiting = []
                await _cut_off(writing, held)
                raise

    async def _write_together(self, batch: list[Waiting[Item]], held: list[Connection]) -> None:
        async with self._places, connection(self._pool) as conn:
            held.append(conn)
            await self._write(conn, [item for item, _ in batch])

    def _end(self, batch: list[Waiting[Item]], written: "asyncio.Task[None]") -> None:
        error = written.exception()
        if error is None or isinstance(error, Unavailable) or len(batch) == 1:
            _settle(batch, error)
        else:  # one that cannot be written keeps no other from it: they are tried once more, each alone
            self._alone.extend(batch)

    def _take(self) -> list[Waiting[Item]]:
        """What is written next."""
        if self._alone:
            return [self._alone.popleft()]
        batch, self._waiting = self._waiting[: self._largest], self._waiting[self._largest :]
        return batch


async def _cut_off(writing: "asyncio.Task[None]", held: list[Connection]) -> None:
    """End a write, and its connection before it: a backend that hangs would let nobody go who is polite."""
    for conn in held:
        drop(conn)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)


def _settle(batch: list[Waiting[Item]], error: BaseException | None) -> None:
    for _, done in batch:
        if done.done():  # whoever waited was cut off
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
