"""Work through what was received: in order for each actor, many actors at once, each activity a transaction of its own.

The row is marked as done in the same transaction as what the activity changed, so a crash repeats an activity or does
not, but never half of it. That is also why these commits need not wait for the disk (`synchronous_commit = off`): what
a crash takes back is both the change and the mark, and the activity, which was committed to disk before it was
acknowledged, is processed again.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import structlog

from federation.discovery.fetches import get_actor
from federation.instance import Instance
from federation.vocabulary.activities.activities import Activity
from inbox.errors import Held, Ignored, NoRoom, TookTooLong
from inbox.posts.message_requests import NOBODY, keep
from inbox.processing.dispatch import apply
from inbox.processing.processor_time import limit_processor_time
from inbox.processing.resolve import find_sender, resolve
from inbox.traffic.forwarding import may_pass_on
from models.errors import DeclicError, Unavailable
from models.servers import waiting_posts
from models.store.background.queue_runner import Queue, work_through
from models.store.database import connection, relaxed_transaction, transaction
from models.traffic.inbound import received
from models.traffic.inbound.received import Received
from outbox.traffic.forwarding import forward

log = structlog.get_logger(__name__)

AT_ONCE = 200
"""So many activities are claimed at the same time."""

ACTORS_AT_ONCE = 6
FOR_PAGES = 2
"""So many are processed side by side; some connections of the pool are left to pages, also where it is small."""

WAITS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""How long an activity waits after each failure that may pass; after the last one it is set aside."""


async def process_due(
    instance: Instance,
    at: datetime | None = None,
    *,
    wake: asyncio.Event | None = None,
    stopping: asyncio.Event | None = None,
    done: Callable[[], None] = lambda: None,
) -> int:
    """Process everything that is due; how many activities. `at` stands for the present in drills.

    `done` is called after each activity that took effect, once that is committed.

    Raises Unavailable when the database is away; what was claimed is free again after 30 s.
    """
    desk = _Desk(instance, at, done)
    queue = Queue(claim=desk.claim, work=desk.process_lane, renew=desk.renew)
    await work_through(queue, wake=wake or asyncio.Event(), stopping=stopping or asyncio.Event())
    return desk.processed


DEADLY = 5
"""An activity is set aside when so many workers died while they held it, the last ones of them with nothing else."""


class _Desk:
    """What one worker has claimed."""

    def __init__(self, instance: Instance, at: datetime | None, done: Callable[[], None]) -> None:
        self.instance = instance
        self.at = at
        self.done = done
        self.worker: UUID = uuid4()
        self.held: set[int] = set()
        self.alone = False  # a suspect is processed, and nothing beside it
        self.processed = 0
        self.places = asyncio.Semaphore(max(1, min(ACTORS_AT_ONCE, instance.pool.get_max_size() - FOR_PAGES)))

    def now(self) -> datetime:
        return self.at or datetime.now(UTC)

    async def claim(self) -> tuple[list[list[Received]], bool]:
        room = AT_ONCE - len(self.held)
        if room <= 0 or self.alone:
            return [], room <= 0
        async with transaction(self.instance.pool) as conn:
            claimed = await received.claim(conn, worker=self.worker, limit=room, at=self.now(), busy=bool(self.held))
        self.alone = any(item.is_suspect for item in claimed)
        self.held.update(item.id for item in claimed)
        return _group(claimed), len(claimed) == room

    async def renew(self) -> None:
        async with connection(self.instance.pool) as conn:
            await received.renew(conn, worker=self.worker, ids=list(self.held), at=self.now())

    async def process_lane(self, lane: list[Received]) -> None:
        """What one actor sent, one after the other."""
        for item in lane:
            try:
                await self._process(item)
            except Unavailable:
                raise
            except Exception:  # not even its failure could be written down: its claim ends, and others go on
                log.exception("activity_broke", type=item.type, host=item.host, id=item.id)
            self.held.discard(item.id)
            self.alone = False
            self.processed += 1

    async def _process(self, item: Received) -> None:
        if item.deaths >= DEADLY:
            await self._wait_or_give_up(item, "Whoever processes this dies of it.", retry=False)
            return
        try:
            await limit_processor_time(self._take_effect(item))
        except TookTooLong as error:
            await self._wait_or_give_up(item, str(error), retry=False)
        except Unavailable:
            raise
        except Held as held:
            await self._hold(item, held)
        except DeclicError as error:
            if error.retry:
                await self._wait_or_give_up(item, str(error), retry=True)
            else:
                await self._ignore(item, error)
        except Exception as error:
            log.exception("activity_failed", type=item.type, host=item.host, id=item.id)
            await self._wait_or_give_up(item, f"{type(error).__name__}: {error}"[:500], retry=True)

    async def _take_effect(self, item: Received) -> None:
        activity = await resolve(self.instance, item)
        passed_on = await may_pass_on(self.instance, item, activity)
        if not await self._apply(item, activity, passed_on=passed_on):
            await get_actor(self.instance, activity.actor)
            if not await self._apply(item, activity, passed_on=passed_on):
                raise Ignored("Whoever sends this is not known here.")

    async def _apply(self, item: Received, activity: Activity, *, passed_on: bool) -> bool:
        """False when whoever sends it has to be fetched first. Slow fetches of others hold no place meanwhile."""
        async with self.places, relaxed_transaction(self.instance.pool) as conn:
            sender = await find_sender(conn, activity)
            if sender is None:
                return False
            if passed_on:  # before it takes effect: what a deletion is about is gone afterwards
                await forward(conn, self.instance.site, item.body, activity)
            await apply(conn, self.instance.site, sender, activity)
            await received.finish(conn, item.id)
        self.done()
        return True

    async def _ignore(self, item: Received, error: DeclicError) -> None:
        async with relaxed_transaction(self.instance.pool) as conn:
            await received.finish(conn, item.id, ignored=str(error))
            if isinstance(error, NoRoom):
                await waiting_posts.note_refusal(conn, error.host, error.why)

    async def _hold(self, item: Received, held: Held) -> None:
        async with transaction(self.instance.pool) as conn:
            if not await keep(conn, held.request, item.host, received_id=item.id):
                await received.finish(conn, item.id, ignored=NOBODY)

    async def _wait_or_give_up(self, item: Received, error: str, *, retry: bool) -> None:
        async with transaction(self.instance.pool) as conn:
            if retry and item.attempts <= len(WAITS):
                due_at = self.now() + WAITS[item.attempts - 1]
                await received.retry(conn, item.id, error=error, due_at=due_at)
            else:
                log.warning("activity_set_aside", type=item.type, host=item.host, cause=error)
                await received.give_up(conn, item.id, error=error)


def _group(items: Iterable[Received]) -> list[list[Received]]:
    lanes: dict[str, list[Received]] = {}
    for item in sorted(items, key=lambda item: item.id):
        lanes.setdefault(item.actor_uri, []).append(item)
    return list(lanes.values())
