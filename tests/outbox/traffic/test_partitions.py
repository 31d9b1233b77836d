"""A peer that is cut off for an hour, a day, a week, and too long; time is told, not waited for (HT7)."""

from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from federation.errors import Cause
from federation.http_client.answers import Answer
from federation.instance import Instance
from models.people import actors
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Pool, connection, transaction
from models.traffic.outbound import deliveries, delivery_trace, held_deliveries
from outbox.traffic import deliver
from outbox.traffic.backoff import LONGEST
from outbox.traffic.deliver import deliver_due
from tests.factories import HERE, make_activity, make_follow, make_local_actor, make_remote_actor
from tests.fediverse import FakeFediverse, make_signer

INBOX = "https://henin.test/inbox"
CUT = Answer(status=None, error="henin.test cannot be reached over the network.", cause=Cause.UNREACHABLE)
URI = f"{HERE.url}/users/alice/notes/1"


@pytest.fixture
def fediverse() -> FakeFediverse:
    """Everybody else; Hénin is cut off."""
    return FakeFediverse(answers={INBOX: [CUT]})


@pytest.fixture
async def instance(pool: Pool, fediverse: FakeFediverse, tmp_path: Path) -> Instance:
    """Our server; Bob of Hénin follows Alice."""
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=fediverse)
    async with connection(pool) as conn:
        alice = await make_local_actor(conn)
        await make_follow(conn, await make_remote_actor(conn), alice)
    instance.signers.keep((alice.id, "rsa"), make_signer(f"{alice.uri}#main-key"))
    return instance


@pytest.fixture
async def alice(instance: Instance) -> Actor:
    """Alice, here."""
    async with connection(instance.pool) as conn:
        return await actors.get_local(conn, "alice")


async def publish(instance: Instance, author: Actor, *, type: str = "Create") -> None:
    """One activity about the same object to all followers."""
    async with transaction(instance.pool) as conn:
        activity = await make_activity(conn, author, type=type, object_uri=URI)
        await deliveries.schedule(
            conn, activity_id=activity, actor_id=author.id, named_ids=[], followed_ids=[author.id]
        )


async def live(instance: Instance, start: datetime, length: timedelta) -> datetime:
    """Let so much time go by: every delivery and every chore when it is due; the moment in which it ends."""
    at, end = start, start + length
    while at < end:
        await deliver_due(instance, at)
        async with transaction(instance.pool) as conn:
            await held_deliveries.give_up_held(conn, days=LONGEST.days, at=at)
            await held_deliveries.probe(conn, at=at)
        due = await instance.pool.fetchval("SELECT min(due_at) FROM delivery WHERE state = 'waiting'")
        at = min(max(at + timedelta(minutes=1), due or end), at + timedelta(hours=6))
    return end


@pytest.mark.parametrize("cut", [timedelta(hours=1), timedelta(hours=25), timedelta(days=8)])
async def test_d07_everything_arrives_in_order_once_the_peer_is_back(
    instance: Instance, alice: Actor, fediverse: FakeFediverse, cut: timedelta
) -> None:
    for type in ("Create", "Update", "Delete"):
        await publish(instance, alice, type=type)
    healed = await live(instance, datetime.now(UTC), cut)
    tried = len(fediverse.posts)

    fediverse.answers[INBOX] = [Answer(status=202)]
    await live(instance, healed, timedelta(days=10) - cut)

    assert [post.activity["type"] for post in fediverse.posts[tried:]] == ["Create", "Update", "Delete"]
    states = await instance.pool.fetch("SELECT DISTINCT state FROM delivery")
    assert [row["state"] for row in states] == ["done"]


async def test_d07_after_eleven_days_the_author_is_told_that_it_did_not_arrive(
    instance: Instance, alice: Actor, fediverse: FakeFediverse
) -> None:
    await publish(instance, alice)

    healed = await live(instance, datetime.now(UTC), timedelta(days=11))
    fediverse.answers[INBOX] = [Answer(status=202)]
    tried = len(fediverse.posts)
    await live(instance, healed, timedelta(days=2))

    async with connection(instance.pool) as conn:
        [passage] = (await delivery_trace.list_traces(conn, [URI]))[URI]
    assert (passage.state, passage.cause) == ("failed", "unreachable")
    assert len(fediverse.posts) == tried


@pytest.fixture
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged meanwhile."""
    with capture_logs() as events:
        yield events


async def test_d07_going_away_and_coming_back_are_logged_once(
    instance: Instance,
    alice: Actor,
    fediverse: FakeFediverse,
    logged: list[MutableMapping[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Waits of a day and a quarter can leave a day out: now and then, seven days of failures take more than eight.
    monkeypatch.setattr(deliver, "random", SimpleNamespace(random=lambda: 0.5))
    for _ in range(3):
        await publish(instance, alice)
    healed = await live(instance, datetime.now(UTC), timedelta(days=8))

    fediverse.answers[INBOX] = [Answer(status=202)]
    await live(instance, healed, timedelta(days=2))

    events = [event["event"] for event in logged]
    assert events.count("host_unavailable") == 1
    assert events.count("hosts_available_again") == 1
