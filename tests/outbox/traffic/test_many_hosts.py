"""One activity for many hosts: what all deliveries need is read once, however many of them begin at the same moment."""

from pathlib import Path

import pytest

from federation.instance import Instance
from federation.own_keys.key_pairs import make_key_pairs, save_local_keys
from federation.proofs import attach, integrity
from models.people import keys
from models.people.keys import Algorithm, StoredPrivateKey
from models.settings import Settings
from models.store.database import Connection, Pool, transaction
from models.traffic.outbound import deliveries
from outbox.traffic.deliver import deliver_due
from tests.factories import HERE, make_activity, make_follow, make_local_actor, make_remote_actor
from tests.fediverse import FakeFediverse

HOSTS = 40


async def test_keys_are_read_and_the_proof_is_made_once_for_all_hosts(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fediverse = FakeFediverse()
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=fediverse)
    pairs = await make_key_pairs(instance.settings)
    async with transaction(pool) as conn:
        alice = await make_local_actor(conn, "alice")
        await save_local_keys(conn, HERE, alice, pairs)
        for number in range(HOSTS):
            await make_follow(conn, await make_remote_actor(conn, "bob", f"host{number}.test"), alice)
        id = await make_activity(conn, alice)
        await deliveries.schedule(conn, activity_id=id, actor_id=alice.id, named_ids=[], followed_ids=[alice.id])
    read: list[str] = []
    proven: list[int] = []
    find, add = keys.find_private_key, integrity.add_proof

    async def find_private_key(conn: Connection, actor_id: int, algorithm: Algorithm) -> StoredPrivateKey | None:
        read.append(algorithm)
        return await find(conn, actor_id, algorithm)

    def add_proof(*arguments: object) -> object:
        proven.append(1)
        return add(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(keys, "find_private_key", find_private_key)
    monkeypatch.setattr(attach, "add_proof", add_proof)

    assert await deliver_due(instance) == HOSTS

    assert sorted(read) == ["ed25519", "rsa"]
    assert len(proven) == 1
