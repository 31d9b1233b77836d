"""Our actors at their addresses (AC1 to AC10, WF13)."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from federation.own_keys.key_pairs import make_key_pairs
from federation.signatures.multibase import ED25519_PUBLIC, decode_key
from models.errors import Conflict
from models.people import account_moves, actors
from models.people.actors import Actor, Profile
from models.store.database import connection, transaction
from outbox.people.accounts import register
from tests.factories import make_local_actor
from tests.fediverse import Person
from tests.web.activitypub.conftest import HTML, Door, add_key, make_here, publish_tent, sent

PARTS = ("outbox", "followers", "following", "featured")


@pytest.fixture
async def carole(door: Door) -> Actor:
    """Carole, who registered here herself, with keys of her own."""
    pairs = await make_key_pairs(door.instance.settings)
    async with transaction(door.instance.pool) as conn:
        return await register(
            conn,
            door.instance.site,
            key_pairs=pairs,
            username="carole",
            email="carole@example.org",
            password_hash=None,
            roles=(),
            language="fr",
            name="Carole",
        )


async def test_ac01_the_id_is_the_address_that_was_asked_byte_for_byte(door: Door, alice: Actor) -> None:
    answer = await door.get(alice.uri)

    assert (answer.status, answer.json["id"]) == (200, alice.uri)


@pytest.mark.parametrize("name", ["nobody", "ALICE", "Alice", "../alice", "alice%00", "alice/", "alice%20"])
async def test_ac01_no_other_address_leads_to_the_document(door: Door, alice: Actor, name: str) -> None:
    assert (await door.get(f"{door.instance.site.url}/users/{name}")).status == 404


async def test_ac02_an_actor_has_all_that_others_need(door: Door, carole: Actor) -> None:
    person = (await door.get(carole.uri)).json

    assert {"https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"} <= {
        one for one in person["@context"] if isinstance(one, str)
    }
    assert (person["type"], person["preferredUsername"], person["name"]) == ("Person", "carole", "Carole")
    assert person["endpoints"] == {"sharedInbox": "http://lomme.test/inbox"}
    for part in ("inbox", *PARTS):
        assert person[part] == f"{carole.uri}/{part}"
    assert person["url"] == "http://lomme.test/@carole" and person["published"].endswith("Z")
    for flag in ("manuallyApprovesFollowers", "discoverable", "indexable"):
        assert isinstance(person[flag], bool)
    assert "icon" not in person and "image" not in person


@pytest.mark.parametrize("kind", ["Person", "Group", "Organization", "Application", "Service"])
async def test_ac02_every_kind_of_actor_keeps_its_type(door: Door, kind: Any) -> None:
    async with transaction(door.instance.pool) as conn:
        actor = await make_local_actor(conn, "some", type=kind, **make_here(door.instance, "some"))
        await add_key(conn, actor)

    assert (await door.get(actor.uri)).json["type"] == kind


async def test_ac03_the_key_is_rsa_in_a_form_that_openssl_reads(door: Door, carole: Actor) -> None:
    key = (await door.get(carole.uri)).json["publicKey"]

    assert (key["id"], key["owner"]) == (f"{carole.uri}#main-key", carole.uri)
    assert key["publicKeyPem"].startswith("-----BEGIN PUBLIC KEY-----")
    read = load_pem_public_key(key["publicKeyPem"].encode())
    assert isinstance(read, RSAPublicKey) and read.key_size >= 2048


async def test_ac04_the_key_for_proofs_is_a_multikey(door: Door, carole: Actor) -> None:
    [key] = (await door.get(carole.uri)).json["assertionMethod"]

    assert (key["type"], key["controller"]) == ("Multikey", carole.uri)
    assert key["id"] == f"{carole.uri}#ed25519-key"
    codec, raw = decode_key(key["publicKeyMultibase"])
    assert (codec, len(raw)) == (ED25519_PUBLIC, 32)


async def test_ac05_a_suspended_actor_shows_its_keys_and_nothing_of_itself(door: Door, alice: Actor) -> None:
    await door.execute(
        """
        UPDATE actor SET suspended_at = now(), name = 'Secret', summary = 'Secret', place_name = 'Secret',
            latitude = 50.6, longitude = 3.0, radius = 500, fields = '[{"name": "Secret", "value": "Secret"}]'
        """
    )

    answer = await door.get(alice.uri)

    assert (answer.status, answer.json["suspended"], answer.json["publicKey"]["owner"]) == (200, True, alice.uri)
    assert b"Secret" not in answer.body and "location" not in answer.json
    assert answer.json["discoverable"] is answer.json["indexable"] is False


async def test_ac05_all_else_of_a_suspended_actor_is_403(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice)
    create = await sent(door, "Create")
    missing = f"{alice.uri}/notes/00000000-0000-4000-8000-000000000000"
    await door.execute("UPDATE actor SET suspended_at = now()")

    addresses = [f"{alice.uri}/{part}" for part in (*PARTS, "inbox")]
    for uri in (*addresses, listing.uri, f"{listing.uri}/replies", f"{listing.uri}/proposal", create["id"], missing):
        for reader in (None, bob):
            assert (await door.get(uri, reader=reader)).status == 403, uri


async def test_ac06_everything_of_a_deleted_actor_is_a_tombstone(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice)
    create = await sent(door, "Create")
    await door.execute("UPDATE actor SET deleted_at = now()")

    actor = await door.get(alice.uri)
    assert (actor.status, actor.json["type"], actor.json["formerType"]) == (410, "Tombstone", "Person")
    addresses = [f"{alice.uri}/{part}" for part in (*PARTS, "inbox")] + [f"{alice.uri}#main-key"]
    for uri in (*addresses, listing.uri, f"{listing.uri}/replies", f"{listing.uri}/likes", create["id"]):
        answer = await door.get(uri)
        assert (answer.status, answer.json["type"]) == (410, "Tombstone"), uri
        assert answer.json["id"] == uri.partition("#")[0] and answer.json["formerType"] and answer.json["deleted"]
        assert b"Tente" not in answer.body


async def test_ac06_the_delete_of_a_deleted_actor_can_still_be_checked(door: Door, alice: Actor) -> None:
    uri = f"{alice.uri}/activities/00000000-0000-4000-8000-000000000000"
    await door.execute(
        "INSERT INTO activity (id, uri, type, actor_id, public, body) VALUES (1, $1, 'Delete', $2, true, $3)",
        uri,
        alice.id,
        '{"type":"Delete"}',
    )
    await door.execute("UPDATE actor SET deleted_at = now()")

    answer = await door.get(uri)

    assert (answer.status, answer.body) == (200, b'{"type":"Delete"}')


async def test_ac07_a_move_and_other_names_are_told_once_they_are_there(door: Door, alice: Actor) -> None:
    before = (await door.get(alice.uri)).json

    async with transaction(door.instance.pool) as conn:
        await account_moves.save(conn, alice.id, "https://arras.test/users/alice")
        await account_moves.save_aliases(conn, alice.id, ["https://henin.test/users/alice"])
    after = (await door.get(alice.uri)).json

    assert "movedTo" not in before and "alsoKnownAs" not in before
    assert after["movedTo"] == "https://arras.test/users/alice"
    assert after["alsoKnownAs"] == ["https://henin.test/users/alice"]


async def test_ac08_another_name_changes_no_address(door: Door, carole: Actor) -> None:
    before = (await door.get(carole.uri)).json
    async with transaction(door.instance.pool) as conn:
        profile = Profile(name="Caro", summary="", locked=True, discoverable=False, fields=[])
        await actors.save_profile(conn, carole.id, profile)

    after = (await door.get(carole.uri)).json

    assert after["name"] == "Caro"
    for name in ("id", "preferredUsername", "inbox", "outbox", "followers", "url", "publicKey"):
        assert after[name] == before[name]


async def test_ac08_the_name_of_somebody_gone_is_not_given_out_again(door: Door, carole: Actor) -> None:
    await door.execute("DELETE FROM actor")
    pairs = await make_key_pairs(door.instance.settings)

    async with transaction(door.instance.pool) as conn:
        with pytest.raises(Conflict):
            await register(
                conn,
                door.instance.site,
                key_pairs=pairs,
                username="carole",
                email="other@example.org",
                password_hash=None,
                roles=(),
                language="fr",
            )


async def test_ac10_whoever_is_not_confirmed_does_not_exist_yet(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice)
    await door.execute("UPDATE account SET confirmed_at = NULL")

    addresses = [alice.uri, *(f"{alice.uri}/{part}" for part in (*PARTS, "inbox")), listing.uri]
    for uri in addresses:
        missing = uri.replace("/users/alice", "/users/nobody")
        for reader in (None, bob):
            pending, absent = await door.get(uri, reader=reader), await door.get(missing, reader=reader)
            assert pending.status == 404 and pending.seen == absent.seen
    for resource in ("acct:alice@lomme.test", alice.uri, alice.url):
        assert (await door.get(f"/.well-known/webfinger?resource={resource}", accept=None)).status == 404
    assert (await door.get(alice.uri, accept=HTML)).status == 404
    assert (await door.get(alice.url, accept=HTML)).status == 404


async def test_ac10_an_inbox_of_somebody_unconfirmed_takes_nothing(door: Door, alice: Actor, bob: Person) -> None:
    await door.execute("UPDATE account SET confirmed_at = NULL")

    async with connection(door.instance.pool) as conn:
        assert await actors.find_published(conn, "alice") is None
    assert (await door.post(f"{alice.uri}/inbox", bob)).status == 404


async def test_wf13_an_actor_names_its_handle(door: Door, alice: Actor) -> None:
    person = (await door.get(alice.uri)).json

    assert (person["webfinger"], person["preferredUsername"]) == ("alice@lomme.test", "alice")
