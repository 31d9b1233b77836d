"""Send what is due: one lane per actor and host, lanes side by side, each answer written before the next is sent.

A lane is what one of our actors has for one host, in order: Create before Update before Delete (HT9). What is for one
person alone has a lane of its own beside it, which goes first. Lanes of many hosts run at once, so that a slow host
delays nobody else; those that failed before get at most a quarter of the places.
"""

import asyncio
import random
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from uuid import UUID, uuid4

import structlog

from federation.http_client.answers import Answer
from federation.instance import Instance
from federation.own_keys.key_pairs import instance_signer, load_signer
from federation.proofs.attach import attach_proof
from models.errors import NotFound, Unavailable
from models.settings import SettingsError
from models.store.database import Connection, begin, connection, transaction
from models.store.write_batcher import WriteBatcher
from models.traffic.outbound import deliveries, hidden_deliveries
from models.traffic.outbound.deliveries import Delivery
from outbox.traffic.outcomes import WORDS, Delivered, Outcome, RetryLater, RetryPersonalInbox, judge
from outbox.traffic.queue_runner import RENEW_SECONDS, QueueRunner
from outbox.traffic.results import save_failed, save_sent
from outbox.traffic.synchronization import FollowersHeaders

log = structlog.get_logger(__name__)

LANES = 128
"""So many deliveries are on their way at the same time."""

LANES_TRIED_BEFORE = LANES // 4
LANES_PER_HOST = 8

LOADED_AT_ONCE = 4
"""Of so many actors keys are read at the same time, which is work of the processor where they are encrypted."""

FRESH = 1.0
"""Seconds after its claim in which a delivery counts as standing still as it did then."""


async def deliver_due(
    instance: Instance,
    at: datetime | None = None,
    *,
    wake: asyncio.Event | None = None,
    stopping: asyncio.Event | None = None,
) -> int:
    """Send what is due, and what becomes due while the slowest are still on their way; how many were tried.

    `at` stands for the present in drills. `wake` is set by whoever knows of new deliveries; without it they are
    looked for every second. Once `stopping` is set nothing more is begun. Raises Unavailable when the database is
    away: what was sent and could not be written is sent again later under the same id.
    """
    worker = _DeliveryWorker(instance, at)
    async with QueueRunner(wake=wake or asyncio.Event(), stopping=stopping or asyncio.Event()) as runner:
        runner.start_beside(worker.renew())
        async for _ in runner.rounds():
            lanes, runner.more = await worker.claim()
            for lane in lanes:
                runner.start(worker.send_lane(lane))
    return worker.tried


async def get_ready(instance: Instance) -> None:
    """Read what the first delivery would else wait for: this module, how it is signed, and a key to do so."""
    await instance_signer(instance)


class _DeliveryWorker:
    """What is on its way at one time, and the places that its lanes share."""

    def __init__(self, instance: Instance, at: datetime | None) -> None:
        self.instance = instance
        self.at = at
        self.worker: UUID = uuid4()
        self.held: set[int] = set()
        self.held_failed_before: set[int] = set()
        self.tried = 0
        self.places = asyncio.Semaphore(LANES)
        self.places_tried_before = asyncio.Semaphore(LANES_TRIED_BEFORE)
        self.places_of_host: dict[str, asyncio.Semaphore] = {}
        self.headers = FollowersHeaders(instance)
        self.results: WriteBatcher[Outcome] = WriteBatcher(instance.pool, self.write)

    def now(self) -> datetime:
        return self.at or datetime.now(UTC)

    async def claim(self) -> tuple[list[list[Delivery]], bool]:
        """Lanes for which there is room, and whether there may be more."""
        room = 2 * LANES - len(self.held)
        self.held_failed_before &= self.held
        room_before = 2 * LANES_TRIED_BEFORE - len(self.held_failed_before)
        async with transaction(self.instance.pool) as conn:
            claimed = await deliveries.claim(
                conn, worker=self.worker, limit=room, at=self.now(), failed_before=room_before
            )
        self.held.update(delivery.id for delivery in claimed)
        await self._load(claimed)
        lanes = _group(claimed)
        self.held_failed_before.update(delivery.id for lane in lanes if lane[0].attempts for delivery in lane)
        return lanes, len(claimed) == room

    async def _load(self, claimed: list[Delivery]) -> None:
        """Keys and proofs, once for all lanes, which would each ask for them when they start at the same moment.

        Some actors side by side, in the order in which their lanes go: of those who say something in private first.
        """
        said: dict[int, dict[int, Delivery]] = {}
        for delivery in claimed:
            said.setdefault(delivery.actor_id, {})[delivery.activity_id] = delivery
        places = asyncio.Semaphore(LOADED_AT_ONCE)
        loads = (self._load_actor(places, list(ones.values())) for ones in said.values())
        for end in await asyncio.gather(*loads, return_exceptions=True):
            if end is not None:
                raise end

    async def _load_actor(self, places: asyncio.Semaphore, said: list[Delivery]) -> None:
        async with places:
            for delivery in said:
                try:
                    await load_signer(self.instance, delivery.actor_id)
                    await attach_proof(self.instance, delivery)
                except Unavailable:
                    raise
                except Exception:
                    log.debug("delivery_not_prepared", id=delivery.id)  # where it is sent it says why

    async def renew(self) -> None:
        """Hold what is still claimed, again and again."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            async with connection(self.instance.pool) as conn:
                await deliveries.renew(conn, worker=self.worker, ids=list(self.held), at=self.now())

    async def send_lane(self, lane: list[Delivery]) -> None:
        """One after the other; what stands behind a failure waits with it.

        What cannot be written down by a mistake of ours stops no other lane: its claim ends, and it is sent again.
        """
        try:
            await self._send_in_order(lane)
        except Unavailable:
            raise
        except Exception:
            log.exception("lane_broke", host=lane[0].host, ids=[delivery.id for delivery in lane])
            self.held.difference_update(delivery.id for delivery in lane)

    async def _send_in_order(self, lane: list[Delivery]) -> None:
        begun = time.monotonic()
        async with AsyncExitStack() as places:
            if lane[0].attempts:
                await places.enter_async_context(self.places_tried_before)
            host = self.places_of_host.setdefault(lane[0].host, asyncio.Semaphore(LANES_PER_HOST))
            await places.enter_async_context(host)
            await places.enter_async_context(self.places)
            for position, delivery in enumerate(lane):
                if (delivery.attempts or time.monotonic() - begun > FRESH) and await self.pull_back(delivery):
                    continue
                outcome = await self.send(delivery)
                await self.results.put(outcome)
                self.instance.tallies.count("deliveries", WORDS[type(outcome)])
                self.held.discard(delivery.id)
                if isinstance(outcome, RetryLater | RetryPersonalInbox):
                    await self.release(lane[position + 1 :], moved=isinstance(outcome, RetryLater))
                    return

    async def send(self, delivery: Delivery) -> Outcome:
        self.tried += 1
        begun = time.monotonic()
        try:
            signer = await load_signer(self.instance, delivery.actor_id)
            synchronization, body = await self.headers.find(delivery), await attach_proof(self.instance, delivery)
            begun = time.monotonic()
            answer = await self.instance.transport.post_activity(
                delivery.inbox, body.encode(), signer, synchronization=synchronization
            )
        except Unavailable:
            raise
        except (NotFound, SettingsError) as error:
            answer = Answer(status=None, error=f"There is no key to sign with: {error}", ours=True)
        except Exception as error:  # a mistake of ours keeps no other delivery from leaving
            log.exception("delivery_broke", host=delivery.host, id=delivery.id)
            answer = Answer(status=None, error=f"It could not be sent from here: {type(error).__name__}.", ours=True)
        if not answer.delivered:
            log.info("delivery_failed", host=delivery.host, status=answer.status, cause=answer.error)
        latency = round((time.monotonic() - begun) * 1000)
        chance = random.random()  # noqa: S311 - spreads load only
        return judge(delivery, answer, at=self.now(), chance=chance, latency=latency)

    async def pull_back(self, delivery: Delivery) -> bool:
        """Whether what it shows was hidden while it waited in a lane, or for another try: then it does not leave."""
        async with connection(self.instance.pool) as conn:
            pulled = await hidden_deliveries.pull_back(conn, delivery.id)
        if pulled:
            self.held.discard(delivery.id)
        return pulled

    async def release(self, rest: list[Delivery], *, moved: bool) -> None:
        """Give back what was not tried; `moved` when `deliveries.retry` has done so."""
        self.held.difference_update(delivery.id for delivery in rest)
        if rest and not moved:
            async with connection(self.instance.pool) as conn:
                await deliveries.release(conn, [delivery.id for delivery in rest])

    async def write(self, conn: Connection, outcomes: list[Outcome]) -> None:
        """Those that arrived first, then the others, each all or nothing."""
        sent = [outcome for outcome in outcomes if isinstance(outcome, Delivered)]
        failed = [outcome for outcome in outcomes if not isinstance(outcome, Delivered)]
        if sent:
            async with begin(conn):
                await save_sent(conn, sent, at=self.now())
        if failed:
            async with begin(conn):
                await save_failed(conn, failed, at=self.now())


def _group(claimed: Iterable[Delivery]) -> list[list[Delivery]]:
    """Claimed deliveries as lanes, in the order in which their first ones came."""
    lanes: dict[tuple[str, int, bool], list[Delivery]] = {}
    for delivery in claimed:
        lanes.setdefault((delivery.host, delivery.actor_id, delivery.private), []).append(delivery)
    return list(lanes.values())
