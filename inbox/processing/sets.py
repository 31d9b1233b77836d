"""Activities that take effect together, in one transaction: what many actors sent at the same time.

A set is taken in steps, of one kind each (`set_steps`), so that what one actor sent takes effect in its order. Each is
decided within its own limit of processor time, so that one that takes too long keeps no other from it. Where a
set cannot be written as a whole its halves are tried, and theirs, until what breaks stands alone.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any, Literal

import structlog

from inbox.errors import Ignored, TookTooLong
from inbox.posts.sets.values import Sent
from inbox.processing.prepared import Prepared
from inbox.processing.processor_time import limit_step
from inbox.processing.set_kinds import SET_KINDS, SetKind
from inbox.processing.set_steps import Waiting, list_steps
from models.errors import Unavailable
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection, Pool, begin_relaxed, connection, is_lost
from models.traffic.inbound import received

Ended = Literal["done", "alone"] | Ignored | TookTooLong
"""How it went: it took effect, has to be decided alone, was left alone or took too long."""

Taking = tuple[Sequence[Prepared], "asyncio.Future[list[Ended]]"]
"""What waits to be in a set, and how its own is told."""

BREATH_SECONDS = 0.002
"""After so long what else this process does has its turn between two of hundreds."""

log = structlog.get_logger(__name__)


class EffectSets:
    """Collects what is ready and lets it take effect together.

    Nobody waits for company but while `gathering`: whoever comes while a set is written goes with the next.
    """

    def __init__(self, pool: Pool, site: Site, places: asyncio.Semaphore) -> None:
        """`places` are those of all who use connections while they process."""
        self._pool = pool
        self._site = site
        self._places = places
        self._waiting: list[Taking] = []
        self._writer: asyncio.Task[None] | None = None
        self._gathered = asyncio.Event()
        self._gathered.set()
        self._ended: dict[int, Ended] = {}

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """No set begins before the end of this block: what was claimed together is read one by one."""
        self._gathered.clear()
        try:
            yield
        finally:
            self._gathered.set()

    async def take(self, ready: Sequence[Prepared]) -> list[Ended]:
        """How it went with each, once that is committed. Raises Unavailable when the database is away."""
        done: asyncio.Future[list[Ended]] = asyncio.get_running_loop().create_future()
        self._waiting.append((tuple(ready), done))
        if self._writer is None or self._writer.done():
            # A task of its own: whoever started it may be cut off while others wait for it.
            self._writer = asyncio.create_task(self._run(), name="sets")
        return await done

    async def _run(self) -> None:
        while self._waiting:
            batch: list[Taking] = []
            error: BaseException = Unavailable()  # where this is cut off
            try:
                await self._gathered.wait()
                batch, self._waiting = self._waiting, []
                await self._write([one for ready, _ in batch for one in ready])
            except Exception as raised:
                error = raised
            except BaseException:  # cut off: so is whoever came since
                batch += self._waiting
                self._waiting = []
                raise
            finally:
                self._tell(batch, error)

    def _tell(self, batch: Sequence[Taking], error: BaseException) -> None:
        """Say to each how it went; where something of it was not written, why."""
        for ready, done in batch:
            ended = [self._ended.pop(one.item.id, None) for one in ready]
            if done.done():  # whoever waited was cut off
                continue
            if None in ended:
                done.set_exception(error)
            else:
                done.set_result([end for end in ended if end is not None])

    async def _write(self, items: list[Prepared]) -> None:
        async with self._places, connection(self._pool) as conn:
            await self._write_part(conn, items, set())

    async def _write_part(self, conn: Connection, items: list[Prepared], late: set[str]) -> None:
        """A set, or a part of one; `late` are actors something of whom is decided alone, and what follows it too.

        That the database is gone is no fault of what is in the set; of what takes it too long nothing is tried again.
        """
        try:
            async with begin_relaxed(conn):
                ended = await take_effect(conn, self._site, items, late)
        except Exception as error:
            if is_lost(conn, error):
                raise  # `connection` says what that means
            if len(items) > 1 and not isinstance(error, TimeoutError):
                await self._write_part(conn, items[: len(items) // 2], late)
                await self._write_part(conn, items[len(items) // 2 :], late)
                return
            log.info("set_broke", size=len(items), id=items[0].item.id, cause=str(error))  # alone it says why
            late.update(one.item.actor_uri for one in items)
            ended = ["alone"] * len(items)
        self._ended |= {one.item.id: end for one, end in zip(items, ended, strict=True)}


async def take_effect(conn: Connection, site: Site, items: Sequence[Prepared], late: set[str]) -> list[Ended]:
    """In the caller's transaction. Of the actors in `late`, to which it adds, everything is decided alone."""
    senders = await _find_senders(conn, items)
    late.update(one.item.actor_uri for one in items if one.activity.actor not in senders)
    ended: dict[int, Ended] = dict.fromkeys(range(len(items)), "alone")
    for step in list_steps([_describe(place, one) for place, one in enumerate(items)]):
        known = [place for place in step.places if items[place].item.actor_uri not in late]
        sent = {place: Sent(items[place].activity, senders[items[place].activity.actor], site) for place in known}
        ended |= await _take_step(conn, step.kind, sent, late)
    reasons = {items[place].item.id: _write_reason(end) for place, end in ended.items() if _is_over(end)}
    await received.finish_many(conn, reasons)
    return list(ended.values())


async def _find_senders(conn: Connection, items: Sequence[Prepared]) -> dict[str, Actor]:
    """Those who are simply known here."""
    found = await actors.list_by_uris(conn, sorted({one.activity.actor for one in items}))
    return {one.uri: one for one in found if not one.local and one.suspended_at is None}


def _describe(place: int, one: Prepared) -> Waiting:
    kind = SET_KINDS[type(one.activity)]
    return Waiting(place, one.item.actor_uri, kind, kind.list_touched(one.activity))


def _is_over(end: Ended) -> bool:
    return end == "done" or isinstance(end, Ignored)


def _write_reason(end: Ended) -> str | None:
    return str(end) if isinstance(end, Ignored) else None


async def _take_step(
    conn: Connection, kind: SetKind, sent: Mapping[int, Sent[Any]], late: set[str]
) -> dict[int, Ended]:
    """What became of these, by their places; of what is not among them it is not known yet. Adds to `late`."""
    if not sent:
        return {}
    decided = await _decide_all(kind, sent, await kind.read_set(conn, list(sent.values())), late)
    ended: dict[int, Ended] = {place: end for place, end in decided.items() if isinstance(end, Ignored | TookTooLong)}
    plain = {place: decision for place, decision in decided.items() if place not in ended}
    if plain:
        ended |= await _write(conn, kind, plain)
    late.update(sent[place].sender.uri for place, end in ended.items() if end == "alone")
    return ended


async def _write(conn: Connection, kind: SetKind, plain: Mapping[int, Any]) -> dict[int, Ended]:
    kept = await kind.write_set(conn, list(plain.values()))
    return {place: "done" if fresh else "alone" for place, fresh in zip(plain, kept, strict=True)}


async def _decide_all(
    kind: SetKind, sent: Mapping[int, Sent[Any]], arrivals: Sequence[Any], late: set[str]
) -> dict[int, Any]:
    """What is written of each, or why nothing is. Whoever's is decided alone is late from there on, and left out."""
    decided: dict[int, Any] = {}
    begun = monotonic()
    for (place, one), arrival in zip(sent.items(), arrivals, strict=True):
        if monotonic() - begun > BREATH_SECONDS:
            await asyncio.sleep(0)
            begun = monotonic()
        decision = _decide(kind, arrival)
        if decision is None:
            late.add(one.sender.uri)
        elif isinstance(decision, Ignored | TookTooLong) or one.sender.uri not in late:
            decided[place] = decision
    return decided


def _decide(kind: SetKind, arrival: Any) -> Any:
    """What is written of it; None where it is decided alone."""
    if arrival is None:
        return None
    try:
        return limit_step(kind.decide, arrival)
    except (Ignored, TookTooLong) as error:
        return error
    except Exception:  # alone it says why
        return None
