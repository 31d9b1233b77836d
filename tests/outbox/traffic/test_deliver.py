"""Deliveries on their way: order, retries, hosts that are down, workers that die."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation.errors import Cause
from federation.http_client.answers import Answer
from federation.instance import Instance
from federation.signatures import SignatureScheme, Signer
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Pool, connection, transaction
from models.traffic import peer_traffic
from models.traffic.outbound import deliveries, held_deliveries
from outbox.traffic import deliver
from outbox.traffic.deliver import deliver_due
from tests.factories import HERE, make_activity, make_follow, make_local_actor, make_remote_actor
from tests.fediverse import FakeFediverse, make_signer

DOWN = Answer(status=None, error="henin.test refuses connections.", cause=Cause.CONNECTION_REFUSED)
REFUSED = Answer(status=403, error="henin.test forbids this.")
NOT_THERE = Answer(status=410, error="henin.test says that this was deleted.")
INBOX = "https://henin.test/inbox"


@pytest.fixture
def fediverse() -> FakeFediverse:
    """Everybody else."""
    return FakeFediverse()


@pytest.fixture
def instance(pool: Pool, fediverse: FakeFediverse, tmp_path: Path) -> Instance:
    """Our server, whose actors all sign with one test key."""
    settings = Settings(url=HERE.url, data=tmp_path)
    return Instance(site=HERE, settings=settings, pool=pool, transport=fediverse)


async def make_author(instance: Instance, username: str = "alice") -> Actor:
    """An actor of ours who can sign."""
    async with connection(instance.pool) as conn:
        author = await make_local_actor(conn, username)
    instance.signers.keep((author.id, "rsa"), make_signer(f"{author.uri}#main-key"))
    return author


async def follow(instance: Instance, author: Actor, username: str = "bob", host: str = "henin.test") -> Actor:
    """Somebody elsewhere follows the author."""
    async with connection(instance.pool) as conn:
        follower = await make_remote_actor(conn, username, host)
        await make_follow(conn, follower, author)
    return follower


async def publish(instance: Instance, author: Actor) -> int:
    """One new activity to all followers; its row id."""
    async with transaction(instance.pool) as conn:
        id = await make_activity(conn, author)
        await deliveries.schedule(conn, activity_id=id, actor_id=author.id, named_ids=[], followed_ids=[author.id])
    return id


def later(**time: float) -> datetime:
    """So long from now."""
    return datetime.now(UTC) + timedelta(seconds=1) + timedelta(**time)


async def states(instance: Instance) -> list[str]:
    """The state of each delivery, in order."""
    return [row["state"] for row in await instance.pool.fetch("SELECT state FROM delivery ORDER BY id")]


async def test_what_is_due_is_sent_once_and_signed_by_its_actor(instance: Instance, fediverse: FakeFediverse) -> None:
    author = await make_author(instance)
    await follow(instance, author)
    await publish(instance, author)

    assert await deliver_due(instance) == 1
    assert await deliver_due(instance) == 0

    [post] = fediverse.posts
    assert (post.inbox, post.key_id) == (INBOX, f"{author.uri}#main-key")
    assert post.activity["actor"] == author.uri
    assert await states(instance) == ["done"]


async def test_ht10_the_body_is_sent_byte_for_byte_as_it_is_kept(instance: Instance, fediverse: FakeFediverse) -> None:
    author = await make_author(instance)
    await follow(instance, author)
    activity_id = await publish(instance, author)

    await deliver_due(instance)

    kept = await instance.pool.fetchval("SELECT body FROM activity WHERE id = $1", activity_id)
    assert fediverse.posts[0].body == kept.encode()


async def test_ht09_a_lane_is_sent_in_order(instance: Instance, fediverse: FakeFediverse) -> None:
    author = await make_author(instance)
    await follow(instance, author)
    for _ in range(30):
        await publish(instance, author)

    await deliver_due(instance)

    kept = await instance.pool.fetch("SELECT uri FROM activity ORDER BY id")
    assert [post.activity["id"] for post in fediverse.posts] == [row["uri"] for row in kept]


async def test_ht09_nothing_overtakes_a_failure_in_its_lane(instance: Instance, fediverse: FakeFediverse) -> None:
    author = await make_author(instance)
    await follow(instance, author)
    await follow(instance, author, "carl", "arras.test")
    await publish(instance, author)
    await publish(instance, author)
    fediverse.answers[INBOX] = [DOWN, Answer(status=202)]

    await deliver_due(instance)
    assert [post.inbox for post in fediverse.posts].count(INBOX) == 1
    assert [post.inbox for post in fediverse.posts].count("https://arras.test/inbox") == 2

    await deliver_due(instance, later(seconds=20))
    ids = [post.activity["id"] for post in fediverse.posts if post.inbox == INBOX]
    assert ids[0] == ids[1] != ids[2]
    assert await states(instance) == ["done"] * 4


async def test_ht05_a_refusal_lets_the_next_one_pass(instance: Instance, fediverse: FakeFediverse) -> None:
    author = await make_author(instance)
    await follow(instance, author)
    await publish(instance, author)
    await publish(instance, author)
    fediverse.answers[INBOX] = [REFUSED, Answer(status=202)]

    await deliver_due(instance)

    assert await states(instance) == ["failed", "done"]
    assert await instance.pool.fetchval("SELECT error FROM delivery WHERE state = 'failed'") == REFUSED.error


async def test_ht06_the_whole_schedule_ends_after_ten_days(instance: Instance, fediverse: FakeFediverse) -> None:
    author = await make_author(instance)
    await follow(instance, author)
    await publish(instance, author)
    fediverse.answers[INBOX] = [Answer(status=401, error="henin.test does not accept our signature.")]

    at = later()
    for _ in range(40):
        await deliver_due(instance, at)
        due = await instance.pool.fetchval("SELECT due_at FROM delivery WHERE state = 'waiting'")
        if due is None:
            break
        at = due

    assert await states(instance) == ["failed"]
    assert 15 <= len(fediverse.posts) <= 20
    assert at >= later(days=9.9)


async def test_ht05_nobody_behind_a_missing_shared_inbox_loses_the_post(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    author = await make_author(instance)
    first, second = [await follow(instance, author, name) for name in ("bob", "eve")]
    await publish(instance, author)
    fediverse.answers[INBOX] = [NOT_THERE]

    while await deliver_due(instance):
        pass

    assert [post.inbox for post in fediverse.posts] == [INBOX, first.inbox, second.inbox]
    assert await states(instance) == ["done", "done"]


async def test_ht08_whoever_says_to_be_gone_twice_a_day_apart_is_no_follower_any_more(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    author = await make_author(instance)
    follower = await follow(instance, author)
    fediverse.answers[INBOX] = [NOT_THERE]
    fediverse.answers[follower.inbox] = [NOT_THERE]

    await publish(instance, author)
    await deliver_due(instance)
    assert await instance.pool.fetchval("SELECT count(*) FROM follow") == 1

    await publish(instance, author)
    await deliver_due(instance, later(days=1, minutes=1))
    assert await instance.pool.fetchval("SELECT count(*) FROM follow") == 0


async def test_ht07_a_host_that_fails_for_seven_days_is_held_probed_and_opened(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    author = await make_author(instance)
    await follow(instance, author)
    fediverse.answers[INBOX] = [DOWN]
    for day in range(7):
        await publish(instance, author)
        await deliver_due(instance, later(days=day))
    assert set(await states(instance)) == {"held"}
    sent = len(fediverse.posts)

    await publish(instance, author)
    await deliver_due(instance, later(days=7))
    assert len(fediverse.posts) == sent

    fediverse.answers[INBOX] = [Answer(status=202)]
    async with transaction(instance.pool) as conn:
        await held_deliveries.probe(conn, at=later(days=8))
    await deliver_due(instance, later(days=8))
    assert set(await states(instance)) == {"done"}
    assert len(fediverse.posts) == sent + 8


async def test_a_2xx_counts_as_the_health_of_the_host(instance: Instance, fediverse: FakeFediverse) -> None:
    author = await make_author(instance)
    await follow(instance, author)
    fediverse.answers[INBOX] = [DOWN, Answer(status=202)]
    await publish(instance, author)

    await deliver_due(instance)
    async with connection(instance.pool) as conn:
        failing = await peer_traffic.find_peer(conn, "henin.test")
    await deliver_due(instance, later(minutes=1))
    async with connection(instance.pool) as conn:
        well = await peer_traffic.find_peer(conn, "henin.test")

    assert failing is not None and failing.failure == DOWN.error and failing.failing_since is not None
    assert well is not None and well.failure is None and well.failing_since is None and well.last_out_at is not None


async def test_an_actor_without_key_fails_without_stopping_others(instance: Instance, fediverse: FakeFediverse) -> None:
    author, other = await make_author(instance), await make_author(instance, "anna")
    await follow(instance, author)
    await follow(instance, other)
    instance.signers.forget((author.id, "rsa"))
    await publish(instance, author)
    await publish(instance, other)

    await deliver_due(instance)

    assert sorted(await states(instance)) == ["done", "waiting"]
    async with connection(instance.pool) as conn:
        server = await peer_traffic.find_peer(conn, "henin.test")
    assert server is not None and server.failure is None, "that is no trouble of theirs"


@dataclass(slots=True)
class SlowFediverse(FakeFediverse):
    """Answers of these hosts only come when they are let go; `most` counts what was under way at once."""

    slow: dict[str, asyncio.Event] = field(default_factory=dict)
    under_way: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)

    async def post_activity(
        self,
        inbox: str,
        body: bytes,
        signer: Signer,
        *,
        scheme: SignatureScheme | None = None,
        synchronization: str | None = None,
    ) -> Answer:
        """Count, wait, and answer."""
        host = inbox.split("/")[2]
        self.under_way[host] = self.under_way.get(host, 0) + 1
        self.most[host] = max(self.most.get(host, 0), self.under_way[host])
        if host in self.slow:
            await self.slow[host].wait()
        self.under_way[host] -= 1
        return await FakeFediverse.post_activity(self, inbox, body, signer, scheme=scheme)


@pytest.fixture
def slow_instance(pool: Pool, tmp_path: Path) -> Instance:
    """Our server among peers that may be slow."""
    settings = Settings(url=HERE.url, data=tmp_path)
    return Instance(site=HERE, settings=settings, pool=pool, transport=SlowFediverse())


async def test_ht09_a_slow_host_does_not_delay_what_is_published_meanwhile(slow_instance: Instance) -> None:
    fediverse = slow_instance.transport
    assert isinstance(fediverse, SlowFediverse)
    author, wake = await make_author(slow_instance), asyncio.Event()
    await follow(slow_instance, author)
    await follow(slow_instance, author, "carl", "slow.test")
    fediverse.slow["slow.test"] = asyncio.Event()
    await publish(slow_instance, author)
    running = asyncio.create_task(deliver_due(slow_instance, wake=wake))
    await _until(lambda: len(fediverse.posts) == 1)

    await publish(slow_instance, author)
    wake.set()
    await _until(lambda: len(fediverse.posts) == 2)

    assert fediverse.under_way["slow.test"] == 1
    fediverse.slow["slow.test"].set()
    assert await running == 4


async def test_ht09_one_host_gets_a_few_lanes_at_once_and_each_actor_one(slow_instance: Instance) -> None:
    fediverse = slow_instance.transport
    assert isinstance(fediverse, SlowFediverse)
    fediverse.slow["slow.test"] = asyncio.Event()
    for number in range(12):
        author = await make_author(slow_instance, f"author{number}")
        await follow(slow_instance, author, host="slow.test")
        await publish(slow_instance, author)
        await publish(slow_instance, author)
    running = asyncio.create_task(deliver_due(slow_instance))
    await _until(lambda: fediverse.under_way.get("slow.test") == deliver.LANES_PER_HOST)

    fediverse.slow["slow.test"].set()
    await running

    assert fediverse.most["slow.test"] == deliver.LANES_PER_HOST
    assert set(await states(slow_instance)) == {"done"}


async def test_d09_many_that_failed_before_leave_room_for_everybody_else(
    slow_instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    fediverse = slow_instance.transport
    assert isinstance(fediverse, SlowFediverse)
    monkeypatch.setattr(deliver, "LANES", 4)
    monkeypatch.setattr(deliver, "LANES_TRIED_BEFORE", 1)
    author, other = await make_author(slow_instance), await make_author(slow_instance, "anna")
    gate = asyncio.Event()
    for number in range(12):
        await follow(slow_instance, author, host=f"hole{number}.test")
        fediverse.answers[f"https://hole{number}.test/inbox"] = [DOWN, Answer(status=202)]
    await follow(slow_instance, other)
    await publish(slow_instance, author)
    await deliver_due(slow_instance)
    fediverse.slow = {f"hole{number}.test": gate for number in range(12)}
    await publish(slow_instance, other)

    running = asyncio.create_task(deliver_due(slow_instance, later(seconds=20)))
    await _until(lambda: fediverse.posts[-1].inbox == INBOX)
    assert sum(fediverse.under_way.values()) <= 1
    gate.set()
    await running

    assert set(await states(slow_instance)) == {"done"}


async def test_what_a_dead_worker_held_is_sent_again_under_the_same_id(slow_instance: Instance) -> None:
    fediverse = slow_instance.transport
    assert isinstance(fediverse, SlowFediverse)
    fediverse.slow["henin.test"] = asyncio.Event()
    author = await make_author(slow_instance)
    await follow(slow_instance, author)
    await publish(slow_instance, author)
    dying = asyncio.create_task(deliver_due(slow_instance))
    await _until(lambda: fediverse.under_way.get("henin.test") == 1)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    fediverse.slow.clear()

    assert await deliver_due(slow_instance) == 0
    assert await deliver_due(slow_instance, later(seconds=25)) == 0
    assert await deliver_due(slow_instance, later(seconds=31)) == 1
    assert await states(slow_instance) == ["done"]


async def test_two_workers_send_nothing_twice(instance: Instance, fediverse: FakeFediverse) -> None:
    author = await make_author(instance)
    for number in range(40):
        await follow(instance, author, f"user{number}", f"host{number}.test")
    for _ in range(3):
        await publish(instance, author)

    sent = await asyncio.gather(deliver_due(instance), deliver_due(instance), deliver_due(instance))

    assert sum(sent) == len(fediverse.posts) == 120
    assert len({(post.inbox, post.activity["id"]) for post in fediverse.posts}) == 120
    assert set(await states(instance)) == {"done"}


async def test_once_it_is_time_to_stop_nothing_more_is_begun(instance: Instance, fediverse: FakeFediverse) -> None:
    author, stopping = await make_author(instance), asyncio.Event()
    await follow(instance, author)
    await publish(instance, author)
    stopping.set()

    assert await deliver_due(instance, stopping=stopping) == 0
    assert fediverse.posts == []


async def _until(true: object) -> None:
    assert callable(true)
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.001)
