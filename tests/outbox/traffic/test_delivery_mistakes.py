"""A mistake of ours in one delivery: the others leave all the same, are noted, and it is tried again."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.instance import Instance
from federation.own_keys.key_pairs import load_signer
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Pool, connection, transaction
from models.traffic.outbound import deliveries
from outbox.traffic import deliver
from outbox.traffic.deliver import deliver_due
from tests.factories import HERE, make_activity, make_follow, make_local_actor, make_remote_actor
from tests.fediverse import FakeFediverse, make_signer


@pytest.fixture
def instance(pool: Pool, tmp_path: Path) -> Instance:
    """Our server, among others that take everything."""
    settings = Settings(url=HERE.url, data=tmp_path)
    return Instance(site=HERE, settings=settings, pool=pool, transport=FakeFediverse())


async def publish(instance: Instance, username: str) -> Actor:
    """Somebody of ours who says something to somebody of Hénin."""
    async with transaction(instance.pool) as conn:
        author = await make_local_actor(conn, username)
        await make_follow(conn, await make_remote_actor(conn, f"reader_of_{username}", "henin.test"), author)
        activity = await make_activity(conn, author)
        await deliveries.schedule(
            conn, activity_id=activity, actor_id=author.id, named_ids=[], followed_ids=[author.id]
        )
    instance.signers.keep((author.id, "rsa"), make_signer(f"{author.uri}#main-key"))
    return author


async def list_states(instance: Instance) -> list[str]:
    """The state of each delivery, in order."""
    async with connection(instance.pool) as conn:
        return [row["state"] for row in await conn.fetch("SELECT state FROM delivery ORDER BY id")]


@pytest.mark.parametrize("broken", ["attach_proof", "save_sent"])
async def test_a_mistake_keeps_no_other_delivery_from_leaving_and_being_noted(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    authors = [await publish(instance, name) for name in ("alice", "anna", "ali")]
    works = getattr(deliver, broken)

    async def fail(first: object, second: Any, **more: Any) -> Any:
        concerned: list[Any] = second if isinstance(second, list) else [second]
        if any(getattr(one, "delivery", one).actor_id == authors[1].id for one in concerned):
            raise ZeroDivisionError("a mistake")
        return await works(first, second, **more)

    with monkeypatch.context() as patched:
        patched.setattr(deliver, broken, fail)
        await deliver_due(instance)
    assert await list_states(instance) == ["done", "waiting", "done"]

    await deliver_due(instance, datetime.now(UTC) + timedelta(seconds=35))
    assert await list_states(instance) == ["done"] * 3


async def test_keys_of_several_actors_are_read_side_by_side_and_not_of_all(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        await publish(instance, f"member{number}")
    running, most = 0, 0

    async def load(instance: Instance, actor_id: int) -> object:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return await load_signer(instance, actor_id)

    worker = deliver._DeliveryWorker(instance, datetime.now(UTC) + timedelta(seconds=1))
    monkeypatch.setattr(deliver, "load_signer", load)
    lanes, _ = await worker.claim()

    assert (len(lanes), most) == (9, deliver.LOADED_AT_ONCE)
