"""Public activities leave with a proof (FEP-8b32), the same at every door: delivery, outbox page and `GET`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from msgspec.structs import replace

from federation.own_keys.key_pairs import load_signer, make_key_pairs
from federation.proofs.integrity import read_proofs
from federation.signatures import PublicKey
from models.people.actors import Actor
from models.store.database import transaction
from outbox.people.keys import rotate
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.traffic.deliver import deliver_due
from tests.fediverse import Person
from tests.web.activitypub.conftest import Door, give_keys, publish_tent, read_pages


@pytest.fixture
async def key_file(tmp_path: Path) -> Path:
    """What private keys are encrypted with."""
    path = tmp_path / "key"
    path.write_text("correct horse battery staple")
    return path


async def read_everywhere(door: Door, actor: Actor) -> list[dict[str, Any]]:
    """The newest public activity of this actor as it is delivered, listed and answered."""
    await deliver_due(door.instance)
    delivered = door.fediverse.posts[-1].activity
    _, [page] = await read_pages(door, f"{actor.uri}/outbox")
    return [delivered, page[0], (await door.get(delivered["id"])).json]


async def holds(door: Door, actor: Actor, document: dict[str, Any]) -> bool:
    """Whether the proof in this document is by the key that this actor has now."""
    signer = await load_signer(door.instance, actor.id, "ed25519")
    key = PublicKey(uri=signer.key_id, owner=actor.uri, key=signer.private_key.public_key())
    return any(proof.holds(key) for proof in read_proofs(document, datetime.now(UTC)))


@pytest.mark.parametrize("encrypted", [False, True])
async def test_rule_4_every_door_shows_the_same_bytes_with_a_proof_that_holds(
    door: Door, alice: Actor, bob: Person, key_file: Path, encrypted: bool
) -> None:
    if encrypted:
        object.__setattr__(door.instance, "settings", replace(door.instance.settings, key_file=key_file))
    await give_keys(door, alice)
    await door.befriend(bob, alice)
    await publish_tent(door, alice)

    delivered, listed, answered = await read_everywhere(door, alice)

    assert orjson.dumps(delivered) == orjson.dumps(listed) == orjson.dumps(answered)
    assert await holds(door, alice, delivered)


async def test_after_new_keys_every_door_proves_with_them(door: Door, alice: Actor, bob: Person) -> None:
    await give_keys(door, alice)
    await door.befriend(bob, alice)
    await publish_tent(door, alice)
    _, _, before = await read_everywhere(door, alice)

    async with transaction(door.instance.pool) as conn:
        await rotate(conn, door.instance.site, alice, await make_key_pairs(door.instance.settings))
    door.instance.forget_keys()

    after = (await door.get(before["id"])).json
    assert await holds(door, alice, after)
    assert not await holds(door, alice, before)


async def test_what_only_some_may_read_gets_no_proof(door: Door, alice: Actor, bob: Person) -> None:
    await give_keys(door, alice)
    await door.befriend(bob, alice)
    async with transaction(door.instance.pool) as conn:
        draft = NoteDraft(text="Psst @bob@henin.test", audience="direct")
        await notes.publish(conn, door.instance.site, alice, draft)

    await deliver_due(door.instance)

    [post] = door.fediverse.posts
    assert "proof" not in post.activity
    assert "proof" not in (await door.get(post.activity["id"], reader=bob)).json


async def test_an_activity_kept_with_its_proof_leaves_as_it_was(door: Door, alice: Actor) -> None:
    await give_keys(door, alice)
    await publish_tent(door, alice)
    old = {"@context": "https://www.w3.org/ns/activitystreams", "id": f"{alice.uri}/activities/0", "proof": {"x": 1}}
    await door.execute("UPDATE activity SET body = $1", orjson.dumps(old).decode())

    _, [page] = await read_pages(door, f"{alice.uri}/outbox")

    assert page == [old]
