"""Keys: ours made, sealed and loaded; others' found, fetched, and believed only with their owner's word."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from federation.authentication.keys import (
    find_key,
    instance_signer,
    load_signer,
    make_key_pairs,
    refetch_key,
    save_local_keys,
)
from federation.errors import Cause, FetchFailed, KeyGone, KeyUnavailable, SignatureInvalid
from federation.instance import Instance
from federation.signatures.public_keys import write_multikey
from models.errors import NotFound
from models.people import keys as stored_keys
from models.settings import Settings, SettingsError
from models.store.database import Connection, connection, fetch_value, transaction
from tests.factories import HERE, make_local_actor, make_remote_actor
from tests.fediverse import FakeFediverse, make_signer, public_pem

BOB = "https://henin.test/users/bob"


# Ours


async def test_new_keys_are_kept_and_loaded_to_sign(instance: Instance) -> None:
    pairs = await make_key_pairs(instance.settings)
    async with transaction(instance.pool) as conn:
        alice = await make_local_actor(conn, "alice")
        await save_local_keys(conn, HERE, alice, pairs)

    signer = await load_signer(instance, alice.id)
    other = await load_signer(instance, alice.id, "ed25519")

    assert signer.key_id == f"{alice.uri}#main-key" and isinstance(signer.private_key, RSAPrivateKey)
    assert signer.private_key.key_size == 2048
    assert other.key_id == f"{alice.uri}#ed25519-key" and isinstance(other.private_key, Ed25519PrivateKey)
    key = await find_key(instance, signer.key_id)
    assert key.owner == alice.uri and key.verify(signer.sign(b"x"), b"x")
    assert await load_signer(instance, alice.id) is signer


async def test_private_keys_are_encrypted_when_there_is_a_key_file(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("correct horse battery staple\n")
    sealed = replace(instance, settings=Settings(url=HERE.url, data=tmp_path, key_file=tmp_path / "key"))
    pairs = await make_key_pairs(sealed.settings)
    async with transaction(instance.pool) as conn:
        alice = await make_local_actor(conn, "alice")
        await save_local_keys(conn, HERE, alice, pairs)
        pem = await fetch_value(conn, "SELECT pem FROM private_key WHERE algorithm = 'rsa'")

    assert pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert (await load_signer(sealed, alice.id)).sign(b"x")
    instance.signers.clear()
    with pytest.raises(SettingsError, match="DECLIC_KEY_FILE is not set"):
        await load_signer(instance, alice.id)
    (tmp_path / "key").write_text("another passphrase altogether")
    with pytest.raises(SettingsError, match="is DECLIC_KEY_FILE the file"):
        await load_signer(sealed, alice.id)


async def test_keys_from_before_the_key_file_still_load(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("correct horse battery staple")
    async with transaction(instance.pool) as conn:
        alice = await make_local_actor(conn, "alice")
        await save_local_keys(conn, HERE, alice, await make_key_pairs(instance.settings))
    sealed = replace(instance, settings=Settings(url=HERE.url, data=tmp_path, key_file=tmp_path / "key"))

    assert (await load_signer(sealed, alice.id)).sign(b"x")


@pytest.mark.parametrize("content", ["", "short", "x" * 1001])
async def test_a_key_file_needs_a_passphrase_of_a_sound_length(content: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(content)

    with pytest.raises(SettingsError, match="bytes of passphrase"):
        await make_key_pairs(Settings(url=HERE.url, key_file=tmp_path / "key"))


async def test_an_actor_without_a_key_is_told(instance: Instance) -> None:
    with pytest.raises(NotFound):
        await load_signer(instance, 12345)


async def test_the_servers_own_actor_signs_once_it_exists(instance: Instance) -> None:
    before = await instance_signer(instance)
    async with transaction(instance.pool) as conn:
        actor = await make_local_actor(conn, "instance", type="Application")
        await save_local_keys(conn, HERE, actor, await make_key_pairs(instance.settings))

    after = await instance_signer(instance)

    assert before is None
    assert after is not None and after.key_id == "https://lomme.test/users/instance#main-key"


# Others'


async def test_an_unknown_key_is_fetched_once_and_kept(instance: Instance, fediverse: FakeFediverse) -> None:
    bob = fediverse.add_person()

    first = await find_key(instance, bob.signer.key_id)
    instance.public_keys.clear()
    second = await find_key(instance, bob.signer.key_id)

    assert first.owner == second.owner == BOB and first.verify(bob.signer.sign(b"x"), b"x")
    assert fediverse.fetched.count(BOB) == 1


async def test_b14_many_who_ask_at_once_make_one_fetch(instance: Instance, fediverse: FakeFediverse) -> None:
    bob = fediverse.add_person()

    found = await asyncio.gather(*(find_key(instance, bob.signer.key_id) for _ in range(50)))

    assert {key.uri for key in found} == {bob.signer.key_id} and fediverse.fetched.count(BOB) == 1
    assert instance.key_fetches == {}


async def test_b14_a_host_is_asked_thirty_times_a_minute_at_most(instance: Instance, fediverse: FakeFediverse) -> None:
    refused = []
    for number in range(100):
        try:
            await find_key(instance, f"https://victim.test/users/u{number}#main-key")
        except (SignatureInvalid, KeyUnavailable) as error:
            refused.append(error)

    assert len(fediverse.fetched) == 30
    assert isinstance(refused[-1], KeyUnavailable) and refused[-1].retry_after == 60


async def test_b14_a_key_that_is_not_there_is_asked_for_once(instance: Instance, fediverse: FakeFediverse) -> None:
    for _ in range(5):
        with pytest.raises(SignatureInvalid):
            await find_key(instance, f"{BOB}#main-key")

    assert fediverse.fetched == [BOB]


async def test_b14_what_is_not_asked_for_spends_nothing(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents[BOB] = FetchFailed(Cause.GONE, "henin.test", answer=410)
    for number in range(40):
        with pytest.raises(KeyGone):
            await find_key(instance, f"{BOB}#{number}")
    fediverse.add_person("eve")

    assert await find_key(instance, "https://henin.test/users/eve#main-key"), "for one document she was shut out"
    assert fediverse.fetched.count(BOB) == 1


async def test_a_made_up_fragment_does_not_shut_the_actor_out(instance: Instance, fediverse: FakeFediverse) -> None:
    bob = fediverse.add_person()
    for _ in range(3):
        with pytest.raises(SignatureInvalid):
            await find_key(instance, f"{BOB}#made-up")

    assert (await find_key(instance, bob.signer.key_id)).owner == BOB
    assert fediverse.fetched.count(BOB) == 2


def separate(fediverse: FakeFediverse, **changes: Any) -> str:
    """A key with a document of its own, as GoToSocial and Hubzilla have it."""
    bob = fediverse.add_person()
    key_id = f"{BOB}/main-key"
    shown = {"id": key_id, "owner": BOB, "publicKeyPem": public_pem(bob.signer)}
    fediverse.documents[BOB] = bob.document | {"publicKey": shown}
    fediverse.documents[key_id] = shown | {"type": "Key"} | changes
    return key_id


async def test_sg15_a_separate_key_counts_with_its_owners_word(instance: Instance, fediverse: FakeFediverse) -> None:
    key_id = separate(fediverse)

    assert (await find_key(instance, key_id)).owner == BOB


async def test_sg15_a_stub_of_the_actor_at_the_keys_address_is_enough(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    key_id = separate(fediverse)
    actor = fediverse.documents[BOB]
    assert isinstance(actor, dict)
    fediverse.documents[key_id] = {name: actor[name] for name in ("id", "type", "preferredUsername", "publicKey")}

    assert (await find_key(instance, key_id)).owner == BOB


async def test_sg15_an_actor_may_only_name_its_key(instance: Instance, fediverse: FakeFediverse) -> None:
    key_id = separate(fediverse)
    actor = fediverse.documents[BOB]
    assert isinstance(actor, dict)
    fediverse.documents[BOB] = actor | {"publicKey": key_id}

    assert (await find_key(instance, key_id)).owner == BOB


@pytest.mark.parametrize(
    "changes",
    [
        {"owner": "https://victim.test/users/alice"},
        {"owner": "https://henin.test/users/carol"},
        {"owner": None},
        {"id": "https://henin.test/users/bob/other-key"},
        {"publicKeyPem": "nonsense"},
    ],
)
async def test_b16_a_separate_key_without_its_owners_word_is_refused(
    changes: dict[str, Any], instance: Instance, fediverse: FakeFediverse
) -> None:
    key_id = separate(fediverse, **changes)
    fediverse.add_person("carol")
    fediverse.add_person("alice", "victim.test")

    with pytest.raises(SignatureInvalid):
        await find_key(instance, key_id)

    assert "https://victim.test/users/alice" not in fediverse.fetched


async def test_b16_an_actor_cannot_show_a_key_as_another_owners(instance: Instance, fediverse: FakeFediverse) -> None:
    bob = fediverse.add_person()
    shown = bob.document["publicKey"] | {"owner": "https://victim.test/users/alice"}
    fediverse.documents[BOB] = bob.document | {"publicKey": shown}

    with pytest.raises(SignatureInvalid):
        await find_key(instance, bob.signer.key_id)


async def test_b16_a_key_of_another_origin_in_an_actors_document_is_not_kept(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    mallory = fediverse.add_person("mallory", "evil.test")
    victims = "https://victim.test/users/alice#main-key"
    own = mallory.document["publicKey"]
    fediverse.documents[mallory.uri] = mallory.document | {"publicKey": [own, own | {"id": victims}]}

    await find_key(instance, mallory.signer.key_id)

    async with connection(instance.pool) as conn:
        assert await stored_keys.find_public_key(conn, victims) is None


async def test_an_actor_cannot_take_over_a_key_of_its_neighbour(instance: Instance, fediverse: FakeFediverse) -> None:
    bob = fediverse.add_person()
    await find_key(instance, bob.signer.key_id)
    carol = fediverse.add_person("carol")
    stolen = {"id": bob.signer.key_id, "owner": carol.uri, "publicKeyPem": public_pem(make_signer("x", 5))}
    fediverse.documents[carol.uri] = carol.document | {"publicKey": [carol.document["publicKey"], stolen]}

    await find_key(instance, carol.signer.key_id)
    instance.public_keys.clear()

    assert (await find_key(instance, bob.signer.key_id)).owner == BOB


async def test_sg16_keys_come_as_arrays_and_multikeys(instance: Instance, fediverse: FakeFediverse) -> None:
    bob = fediverse.add_person()
    second = make_signer(f"{BOB}#second", 1)
    private = Ed25519PrivateKey.generate()
    multikey = {
        "id": f"{BOB}#ed25519-key", "type": "Multikey", "controller": BOB,
        "publicKeyMultibase": write_multikey(private.public_key()),
    }  # fmt: skip
    weak = {
        "id": f"{BOB}#weak",
        "owner": BOB,
        "publicKeyPem": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    }
    listed = {"id": second.key_id, "owner": BOB, "publicKeyPem": public_pem(second)}
    fediverse.documents[BOB] = bob.document | {
        "publicKey": [weak, bob.document["publicKey"], listed], "assertionMethod": [multikey],
    }  # fmt: skip

    assert (await find_key(instance, second.key_id)).verify(second.sign(b"x"), b"x")
    assert (await find_key(instance, bob.signer.key_id)).verify(bob.signer.sign(b"x"), b"x")
    assert (await find_key(instance, f"{BOB}#ed25519-key")).verify(private.sign(b"x"), b"x")
    with pytest.raises(SignatureInvalid):
        await find_key(instance, f"{BOB}#weak")


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (FetchFailed(Cause.NOT_FOUND, "henin.test", answer=404), SignatureInvalid),
        (FetchFailed(Cause.WRONG_TYPE, "henin.test"), SignatureInvalid),
        (FetchFailed(Cause.PRIVATE_ADDRESS, "henin.test"), SignatureInvalid),
        (FetchFailed(Cause.GONE, "henin.test", answer=410), KeyGone),
        (FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True), KeyUnavailable),
        (FetchFailed(Cause.SERVER_ERROR, "henin.test", answer=503, retry=True), KeyUnavailable),
    ],
)
async def test_sg17_the_reason_decides_the_answer(
    failure: FetchFailed, expected: type[Exception], instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.documents[BOB] = failure

    for _ in range(2):
        with pytest.raises(expected) as raised:
            await find_key(instance, f"{BOB}#main-key")
        assert type(raised.value) is expected

    assert fediverse.fetched == [BOB]


async def test_sg17_a_server_that_does_not_answer_in_time_is_unavailable(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent(FakeFediverse):
        async def get_document(self, uri: str, **options: Any) -> Any:
            await asyncio.Event().wait()

    monkeypatch.setattr("federation.authentication.keys.KEY_SECONDS", 0.05)
    silent = replace(instance, transport=Silent())

    with pytest.raises(KeyUnavailable):
        await find_key(silent, f"{BOB}#main-key")


async def test_b21_a_key_id_of_ours_is_never_fetched(instance: Instance, fediverse: FakeFediverse) -> None:
    for key_id in ("https://lomme.test/users/alice#main-key", "http://lomme.test/x"):
        with pytest.raises(SignatureInvalid):
            await find_key(instance, key_id)
        assert await refetch_key(instance, key_id) is None

    assert fediverse.fetched == []


async def test_a_key_that_is_replaced_while_it_is_read_is_not_held(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id, pems = f"{BOB}#main-key", [public_pem(make_signer(BOB, number)) for number in (0, 1)]
    async with transaction(instance.pool) as conn:
        bob = await make_remote_actor(conn, uri=BOB)
        await stored_keys.replace_public_keys(conn, bob.id, [(key_id, "rsa", pems[0])])

    async def find_old(conn: Connection, uri: str) -> stored_keys.StoredPublicKey | None:
        read = await find_public_key(conn, uri)
        await stored_keys.replace_public_keys(conn, bob.id, [(key_id, "rsa", pems[1])])
        instance.forget_peers({"key": key_id})  # it is told before the answer is looked at
        return read

    find_public_key = stored_keys.find_public_key
    with monkeypatch.context() as patched:
        patched.setattr(stored_keys, "find_public_key", find_old)
        await find_key(instance, key_id)

    assert (await find_key(instance, key_id)).pem == pems[1]
