"""`WriteBatcher`: what several tasks want written at the same time is written together, and each waits until it is."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from models.errors import Unavailable
from models.store.database import Connection, Pool, connection, drop

Item = TypeVar("Item")


Waiting = tuple[Item, "asyncio.Future[None]", float]
"""What is to be written, who is told of it, and since when it waits, as the loop counts."""


HELD_SECONDS = 0.1
"""So long batches go over one connection, as long as there is no end of them; then whoever else waits has a turn."""


COMPANY = 16
"""So many are enough: what they would save by waiting for more is little."""


class WriteBatcher(Generic[Item]):
    """Many small writes as few larger ones, since a commit each is what limits a busy queue.

    The first to come is written at once, and whoever comes meanwhile goes with the next.
    """

    __slots__ = (
        *("_alone", "_batch", "_conn", "_largest", "_over", "_pause"),
        *("_pool", "_seconds", "_timer", "_waiting", "_write", "_writer"),
    )

    def __init__(
        self,
        pool: Pool,
        write: Callable[[Connection, list[Item]], Awaitable[object]],
        *,
        largest: int = 200,
        seconds: float | None = None,
        pause: float = 0.0,
    ) -> None:
        """`write` commits a list of items on a connection; it is never called twice at once. Where it raises, each is
        tried alone.

        A write that takes more than `seconds` is given up: who waits for it gets Unavailable, and so does whoever has
        waited behind it for as long. While many come at once, the next write waits for company for a `pause`, in
        seconds, unless COMPANY are there already.
        """
        self._pool = pool
        self._write = write
        self._largest = largest
        self._seconds = seconds
        self._pause = pause
        self._waiting: list[Waiting[Item]] = []
        self._alone: deque[Waiting[Item]] = deque()
        self._batch: list[Waiting[Item]] = []
        self._conn: Connection | None = None
        self._over = False
        self._timer: asyncio.TimerHandle | None = None
        self._writer: asyncio.Task[None] | None = None

    async def put(self, item: Item) -> None:
        """Return once the item is committed; raises what kept it from that, Unavailable where the database is away."""
        await self.add(item)

    def add(self, item: Item) -> "asyncio.Future[None]":
        """The same for whoever adds several before waiting: what is done once the item is committed."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((item, done, loop.time()))
        if self._writer is None or self._writer.done():
            # A task of its own: whoever started it may be cut off while others wait for it.
            self._writer = loop.create_task(self._run(), name="batch")
        return done

    async def _run(self) -> None:
        while self._take():
            self._watch()  # a connection has to be had in time too
            try:
                async with connection(self._pool) as self._conn:
                    await self._write_batches(self._conn)
            except Exception as error:
                self._end(error)
            except BaseException:  # cancelled, or the process ends
                if not self._go_on():
                    _settle([*self._batch, *self._alone, *self._waiting], Unavailable())
                    self._alone.clear()
                    self._waiting = []
                    raise
            finally:
                self._conn = None
                self._unwatch()

    async def _write_batches(self, conn: Connection) -> None:
        """The one that was taken, and those that come meanwhile, for a while."""
        loop = asyncio.get_running_loop()
        until = loop.time() + HELD_SECONDS
        while self._batch:
            await self._write(conn, [item for item, _, _ in self._batch])
            self._unwatch()
            busy = len(self._batch) > 1 or bool(self._waiting)
            _settle(self._batch, None)
            self._batch = []
            if self._pause and busy and len(self._waiting) < COMPANY:
                await asyncio.sleep(self._pause)
            if loop.time() < until and self._take():
                self._watch()

    def _watch(self) -> None:
        if self._seconds is not None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._cut_off)

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cut_off(self) -> None:
        """End a write, and its connection before it: a backend that hangs would let nobody go who is polite.

        Who waits is told first: what hangs may be long in giving its connection back.
        """
        self._over = True
        _settle([*self._batch, *self._take_overdue()], Unavailable())
        if self._conn is not None:
            drop(self._conn)
        if self._writer is not None:
            self._writer.cancel()

    def _take_overdue(self) -> list[Waiting[Item]]:
        """Those who have waited for as long as a write may take, first come first."""
        since = asyncio.get_running_loop().time() - (self._seconds or 0.0)
        overdue = [one for one in [*self._alone, *self._waiting] if one[2] <= since]
        self._alone = deque(one for one in self._alone if one[2] > since)
        self._waiting = [one for one in self._waiting if one[2] > since]
        return overdue

    def _go_on(self) -> bool:
        """Whether it was our own doing that this was cancelled: what is not settled then comes next."""
        over, self._over = self._over, False
        task = asyncio.current_task()
        if not over or task is None or task.uncancel():
            return False
        self._waiting = [one for one in self._batch if not one[1].done()] + self._waiting
        self._batch = []
        return True

    def _end(self, error: Exception) -> None:
        """What took PostgreSQL too long is tried no more: each alone it may take as long again, one after the other."""
        if isinstance(error, TimeoutError):
            _settle(self._batch, Unavailable())
        elif self._over or isinstance(error, Unavailable) or len(self._batch) <= 1:
            _settle(self._batch, error)
        else:  # one that cannot be written keeps no other from it: they are tried once more, each alone
            self._alone.extend(self._batch)
        self._batch = []

    def _take(self) -> bool:
        """Take what is written next; whether there is anything."""
        if self._alone:
            self._batch = [self._alone.popleft()]
        else:
            self._batch, self._waiting = self._waiting[: self._largest], self._waiting[self._largest :]
        return bool(self._batch)


def _settle(batch: list[Waiting[Item]], error: BaseException | None) -> None:
    for _, done, _ in batch:
        if done.done():  # whoever waited was cut off
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
