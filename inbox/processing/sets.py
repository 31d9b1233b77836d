"""Activities that take effect together, in one transaction: what many actors sent at the same time.

Each is decided within its own limit of processor time, so that one that takes too long keeps no other from it. Where a
set cannot be written as a whole its halves are tried, and theirs, until what breaks stands alone.
"""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from typing import Literal

import structlog

from federation.vocabulary.activities.activities import Create
from inbox.errors import Ignored, TookTooLong
from inbox.posts import post_sets
from inbox.posts.post_sets import Arrival, PlainPost
from inbox.processing.prepared import Prepared
from inbox.processing.processor_time import limit_processor_time
from models.store.database import Connection, Pool, begin_relaxed, is_lost
from models.store.write_batcher import WriteBatcher
from models.traffic.inbound import received

Ended = Literal["done", "ignored", "alone"] | TookTooLong
"""How it went: it took effect, was left alone, or has to be decided alone."""

Decision = PlainPost | Ignored | TookTooLong | None
"""What becomes of one; None where it is decided alone."""

log = structlog.get_logger(__name__)


class EffectSets:
    """Collects what is ready and lets it take effect together."""

    def __init__(self, pool: Pool, places: asyncio.Semaphore) -> None:
        """`places` are those of all who use connections while they process."""
        self._batcher: WriteBatcher[Prepared] = WriteBatcher(pool, self._write, places=places)
        self._ended: dict[int, Ended] = {}

    async def take(self, prepared: Prepared) -> Ended:
        """How it went, once that is committed. Raises Unavailable when the database is away."""
        await self._batcher.put(prepared)
        return self._ended.pop(prepared.item.id)

    async def _write(self, conn: Connection, items: list[Prepared]) -> None:
        await self._write_part(conn, items, set())

    async def _write_part(self, conn: Connection, items: list[Prepared], late: set[str]) -> None:
        """A set, or a part of one; `late` are actors something of whom is decided alone, and what follows it too.

        That the database is gone is no fault of what is in the set; of what takes it too long nothing is tried again.
        """
        try:
            async with begin_relaxed(conn):
                ended = await take_effect(conn, items, late)
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


async def take_effect(conn: Connection, items: Sequence[Prepared], late: set[str]) -> list[Ended]:
    """In the caller's transaction. Of the actors in `late`, to which it adds, everything is decided alone."""
    arrivals = await post_sets.read_set(conn, [one.activity for one in items if isinstance(one.activity, Create)])
    decided = _keep_order(items, [await _decide(arrival) for arrival in arrivals], late)
    fresh = await post_sets.write_set(conn, [one for one in decided if isinstance(one, PlainPost)])
    ended = [_tell(decision, fresh) for decision in decided]
    await received.finish_many(conn, dict(_list_reasons(items, decided, ended)))
    return ended


def _list_reasons(
    items: Sequence[Prepared], decided: Sequence[Decision], ended: Sequence[Ended]
) -> Iterator[tuple[int, str | None]]:
    """Why those that are over were left alone, None for those that took effect."""
    for one, decision, end in zip(items, decided, ended, strict=True):
        if end in ("done", "ignored"):
            yield one.item.id, str(decision) if isinstance(decision, Ignored) else None


def _tell(decision: Decision, fresh: Collection[str]) -> Ended:
    match decision:
        case TookTooLong():
            return decision
        case Ignored():
            return "ignored"
        case PlainPost(new=new) if new.uri in fresh:
            return "done"
        case _:  # what is known here already may be newer
            return "alone"


async def _decide(arrival: Arrival | None) -> Decision:
    await asyncio.sleep(0)  # what else this process does has its turn between two of hundreds
    if arrival is None:
        return None
    try:
        return await limit_processor_time(_judge(arrival))
    except (Ignored, TookTooLong) as error:
        return error
    except Exception:  # alone it says why
        return None


async def _judge(arrival: Arrival) -> PlainPost | None:
    return post_sets.decide(arrival)


def _keep_order(items: Sequence[Prepared], decided: Sequence[Decision], late: set[str]) -> list[Decision]:
    """What somebody sent after something that is decided alone comes after that, and so alone too."""
    kept: list[Decision] = []
    for one, decision in zip(items, decided, strict=True):
        if decision is None:
            late.add(one.item.actor_uri)
        kept.append(None if isinstance(decision, PlainPost) and one.item.actor_uri in late else decision)
    return kept
