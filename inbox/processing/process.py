"""Work through what was received: in order for each actor, many actors at once, each activity or set in a transaction.

The row is marked as done in the same transaction as what the activity changed, so a crash repeats an activity or does
not, but never half of it. That is also why these commits need not wait for the disk (`synchronous_commit = off`): what
a crash takes back is both the change and the mark, and the activity, which was committed to disk before it was
acknowledged, is processed again.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import structlog

from federation.instance import Instance
from federation.vocabulary.activities.activities import Create, Delete, Update
from inbox.errors import Held, Ignored, KillsWorker, NoRoom, SenderGone, TookTooLong
from inbox.posts.message_requests import keep
from inbox.processing.dispatch import apply
from inbox.processing.prepared import ABOUT_BEFORE, IN_SETS, Prepared, confirm, prepare
from inbox.processing.processor_time import limit_processor_time
from inbox.processing.resolve import find_sender
from inbox.processing.sets import EffectSets
from models.errors import DeclicError, Unavailable
from models.servers import waiting_posts
from models.store.database import connection, relaxed_transaction, transaction
from models.store.patient_pool import USUAL
from models.traffic.inbound import received
from models.traffic.inbound.received import Received
from outbox.communities.inside.passing_on import pass_on
from outbox.traffic.forwarding import forward
from outbox.traffic.queue_runner import RENEW_SECONDS, QueueRunner

log = structlog.get_logger(__name__)

AT_ONCE = 200
"""So many activities are claimed at the same time."""

FOR_PAGES = 1
"""Of the connections that are open as a rule so many are left to pages and to what comes in, where there are two.

Those that may be opened beyond them are for whoever waits while others hold theirs for long.
"""

GATHERING_PAUSE = 0.05
"""While activities come in a stream the next are looked for so long after the last: more take effect together then."""

STARTED_AT_ONCE = 25
"""So many actors' activities are read before what else this process does has its turn."""

PATIENCE = 0.2
"""Seconds that what may take effect waits for what the same actor sent behind it, to go in one set with it."""

WAITS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""How long an activity waits after each failure that may pass; after the last one it is set aside."""


async def process_due(
    instance: Instance,
    at: datetime | None = None,
    *,
    wake: asyncio.Event | None = None,
    stopping: asyncio.Event | None = None,
    committed: asyncio.Event | None = None,
) -> int:
    """Process everything that is due; how many activities. `at` stands for the present in drills.

    `committed` is set after each activity that took effect.

    Raises Unavailable when the database is away; what was claimed is free again after 30 s.
    """
    worker = _InboxWorker(instance, at, committed or asyncio.Event())
    async with QueueRunner(wake=wake or asyncio.Event(), stopping=stopping or asyncio.Event()) as runner:
        runner.start_beside(worker.renew())
        async for _ in runner.rounds():
            if wake is not None:
                await worker.gather()
            lanes, runner.more = await worker.claim()
            await worker.start(runner, lanes)
    return worker.processed


class _InboxWorker:
    """What one worker has claimed."""

    def __init__(self, instance: Instance, at: datetime | None, committed: asyncio.Event) -> None:
        self.instance = instance
        self.at = at
        self.committed = committed
        self.worker: UUID = uuid4()
        self.held: set[int] = set()
        self.alone = False  # a suspect is processed, and nothing beside it
        self.processed = 0
        self.gathers_until = 0.0
        self.places = asyncio.Semaphore(max(1, min(instance.pool.get_max_size(), USUAL) - FOR_PAGES))
        self.sets = EffectSets(instance.pool, instance.site, self.places)

    def now(self) -> datetime:
        return self.at or datetime.now(UTC)

    async def gather(self) -> None:
        """Wait a little for company where several came the last time: who comes alone, or after a rest, does not."""
        await asyncio.sleep(max(0.0, self.gathers_until - monotonic()))

    async def start(self, runner: QueueRunner, lanes: Sequence[list[Received]]) -> None:
        """Work on these lanes; what of them is ready at once goes in one set."""
        with self.sets.gathering():
            for number, lane in enumerate(lanes, start=1):
                runner.start(self.process_lane(lane))
                if number % STARTED_AT_ONCE == 0:
                    await asyncio.sleep(0)

    async def claim(self) -> tuple[list[list[Received]], bool]:
        """Lanes for which there is room, one for each actor, and whether there may be more."""
        room = AT_ONCE - len(self.held)
        if room <= 0 or self.alone:
            return [], room <= 0
        async with transaction(self.instance.pool) as conn:
            claimed = await received.claim(conn, worker=self.worker, limit=room, at=self.now(), busy=bool(self.held))
        self.alone = any(item.is_suspect for item in claimed)
        self.held.update(item.id for item in claimed)
        self.gathers_until = monotonic() + GATHERING_PAUSE if 1 < len(claimed) < room else 0.0
        return _group(claimed), len(claimed) == room

    async def renew(self) -> None:
        """Hold what is still claimed, again and again."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            async with connection(self.instance.pool) as conn:
                await received.renew(conn, worker=self.worker, ids=list(self.held), at=self.now())

    async def process_lane(self, lane: list[Received]) -> None:
        """What one actor sent, one after the other; what may take effect together stands in one set, in its order."""
        ready: list[Prepared] = []
        for item in lane:
            if not _is_read_beside(item, ready):
                await self._take_set(ready)
            prepared = await self._prepare_beside(item, ready)
            if prepared is not None and prepared.may_be_in_set:
                ready.append(prepared)
            elif prepared is not None:
                await self._take_set(ready)
                await self._take_alone(prepared)
        await self._take_set(ready)

    async def _prepare_beside(self, item: Received, ready: list[Prepared]) -> Prepared | None:
        """The same as `_prepare`; what is ready does not wait for a slow server."""
        if not ready:
            return await self._prepare(item)
        reading = asyncio.create_task(self._prepare(item))
        tasks: list[asyncio.Task[Any]] = [reading]
        try:
            if not (await asyncio.wait(tasks, timeout=PATIENCE))[0]:
                tasks.append(asyncio.create_task(self._take_set(ready)))
                await asyncio.gather(*tasks)  # raises what the first of them raises
            return reading.result()
        finally:
            left = [task for task in tasks if task.cancel()]
            if left:
                await asyncio.gather(*left, return_exceptions=True)

    async def _prepare(self, item: Received) -> Prepared | None:
        """Read it, and fetch what is missing; slow fetches hold no place meanwhile. None where it is settled so."""
        try:
            return await limit_processor_time(prepare(self.instance, item))
        except Unavailable:
            raise
        except Exception as error:
            await self._settle(item, error)
            self._end(item)
            return None

    async def _take_set(self, ready: list[Prepared]) -> None:
        """Let these take effect with what others sent; what may not, alone and in its order. None is left in it."""
        if not ready:
            return
        ends = await self.sets.take(ready)
        for one, end in zip(ready, ends, strict=True):
            match end:
                case "alone":
                    await self._take_alone(one)
                    continue
                case "done":
                    self.instance.tallies.count("inbox", "processed")
                    self.committed.set()
                case TookTooLong():
                    await self._settle(one.item, end)
                case Ignored():
                    self.instance.tallies.count("inbox", "ignored")
            self._end(one.item)
        ready.clear()

    async def _take_alone(self, prepared: Prepared) -> None:
        try:
            await limit_processor_time(self._take_effect(prepared))
        except Unavailable:
            raise
        except Exception as error:
            await self._settle(prepared.item, error)
        self._end(prepared.item)

    def _end(self, item: Received) -> None:
        self.held.discard(item.id)
        self.alone = False
        self.processed += 1

    async def _take_effect(self, prepared: Prepared) -> None:
        """Change everything at once."""
        prepared = await confirm(self.instance, prepared)
        item, activity = prepared.item, prepared.activity
        async with self.places, relaxed_transaction(self.instance.pool) as conn:
            sender = await find_sender(conn, activity)
            if sender is None:
                raise SenderGone if item.sender_known else Ignored("sender_unknown")
            if prepared.passed_on:  # before it takes effect: what a deletion is about is gone afterwards
                await pass_on(conn, self.instance.site, prepared.decoded.document, activity)
                await forward(conn, self.instance.site, item.body, activity)
            await apply(conn, self.instance.site, sender, activity)
            await received.finish(conn, item.id)
        self.instance.tallies.count("inbox", "processed")
        self.committed.set()

    async def _settle(self, item: Received, error: Exception) -> None:
        """Write down why it did not take effect. What cannot even be written down ends with its claim."""
        try:
            match error:
                case Held():
                    await self._hold(item, error)
                case TookTooLong() | KillsWorker():
                    await self._wait_or_give_up(item, str(error), retry=False)
                case DeclicError() if error.retry:
                    await self._wait_or_give_up(item, str(error), retry=True)
                case DeclicError():
                    await self._ignore(item, error)
                case _:
                    log.error("activity_failed", type=item.type, host=item.host, id=item.id, exc_info=error)
                    await self._wait_or_give_up(item, f"{type(error).__name__}: {error}"[:500], retry=True)
        except Unavailable:
            raise
        except Exception:
            log.exception("activity_broke", type=item.type, host=item.host, id=item.id)

    async def _ignore(self, item: Received, error: DeclicError) -> None:
        async with relaxed_transaction(self.instance.pool) as conn:
            await received.finish(conn, item.id, ignored=str(error))
            if isinstance(error, NoRoom):
                await waiting_posts.note_refusal(conn, error.host, error.why)
        self.instance.tallies.count("inbox", "ignored")

    async def _hold(self, item: Received, held: Held) -> None:
        async with transaction(self.instance.pool) as conn:
            if not await keep(conn, held.request, item.host, received_id=item.id):
                await received.finish(conn, item.id, ignored="stranger_not_accepted")
        self.instance.tallies.count("inbox", "held")

    async def _wait_or_give_up(self, item: Received, error: str, *, retry: bool) -> None:
        again = retry and item.attempts <= len(WAITS)
        async with transaction(self.instance.pool) as conn:
            if again:
                due_at = self.now() + WAITS[item.attempts - 1]
                await received.retry(conn, item.id, error=error, due_at=due_at)
            else:
                log.warning("activity_set_aside", type=item.type, host=item.host, cause=error)
                await received.give_up(conn, item.id, error=error)
        self.instance.tallies.count("inbox", "retried" if again else "failed")


def _is_read_beside(item: Received, ready: Sequence[Prepared]) -> bool:
    """Whether what came before it may wait while it is read: it is not what has to be there by then."""
    if not ready or item.type not in IN_SETS:
        return not ready
    return item.type not in ABOUT_BEFORE or not any(isinstance(one.activity, Create | Delete | Update) for one in ready)


def _group(items: Iterable[Received]) -> list[list[Received]]:
    lanes: dict[str, list[Received]] = {}
    for item in sorted(items, key=lambda item: item.id):
        lanes.setdefault(item.actor_uri, []).append(item)
    return list(lanes.values())
