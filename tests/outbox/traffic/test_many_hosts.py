"""One activity for many hosts: what all deliveries need is read once, however many of them begin at the same moment."""

from pathlib import Path

import pytest

from federation.instance import Instance
from federation.own_keys.key_pairs import make_key_pairs, save_local_keys
from federation.proofs import attach, integrity
from federation.synchronization import compute_digest, read_header
from models.people import actors, keys
from models.people.keys import Algorithm, StoredPrivateKey
from models.posts import Audience
from models.relations import followers
from models.relations.followers import FollowersAtOrigin
from models.settings import Settings
from models.store.database import Connection, Pool, transaction
from outbox.posts import notes
from outbox.traffic import synchronization
from outbox.traffic.deliver import deliver_due
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.fediverse import FakeFediverse

HOSTS = 40


@pytest.fixture
def fediverse() -> FakeFediverse:
    """All the hosts."""
    return FakeFediverse()


@pytest.fixture
async def instance(pool: Pool, fediverse: FakeFediverse, tmp_path: Path) -> Instance:
    """Our server, where Alice has her keys and followers on forty hosts."""
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=fediverse)
    pairs = await make_key_pairs(instance.settings)
    async with transaction(pool) as conn:
        alice = await make_member(conn)
        await save_local_keys(conn, HERE, alice, pairs)
        for number in range(HOSTS):
            await make_follow(conn, await make_remote_actor(conn, "bob", f"host{number}.test"), alice)
    return instance


async def _publish(instance: Instance, audience: Audience) -> None:
    async with transaction(instance.pool) as conn:
        alice = await actors.get_local(conn, "alice")
        await notes.publish(conn, HERE, alice, notes.NoteDraft(text="Samedi, atelier", audience=audience))


async def test_keys_are_read_and_the_proof_is_made_once_for_all_hosts(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _publish(instance, "network")
    read: list[str] = []
    proven: list[int] = []
    find, add = keys.find_private_key, integrity.add_proof

    async def find_private_key(conn: Connection, actor_id: int, algorithm: Algorithm) -> StoredPrivateKey | None:
        read.append(algorithm)
        return await find(conn, actor_id, algorithm)

    def add_proof(*arguments: object) -> object:
        proven.append(1)
        return add(*arguments)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(keys, "find_private_key", find_private_key)
    monkeypatch.setattr(attach, "add_proof", add_proof)

    assert await deliver_due(instance) == HOSTS

    assert sorted(read) == ["ed25519", "rsa"]
    assert len(proven) == 1


async def test_followers_are_read_once_for_all_hosts_and_each_host_is_told_of_its_own(
    instance: Instance, fediverse: FakeFediverse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _publish(instance, "followers")
    read: list[int] = []
    list_by_origin = followers.list_by_origin

    async def list_and_count(conn: Connection, actor_id: int) -> list[FollowersAtOrigin]:
        read.append(actor_id)
        return await list_by_origin(conn, actor_id)

    monkeypatch.setattr(followers, "list_by_origin", list_and_count)
    monkeypatch.setattr(synchronization, "SECONDS", 60.0)

    assert await deliver_due(instance) == HOSTS

    assert len(read) == 1
    said = [read_header(post.synchronization or "") for post in fediverse.posts]
    assert {one.digest for one in said if one is not None} == {
        compute_digest([f"https://host{number}.test/users/bob"]) for number in range(HOSTS)
    }
