"""Secure mode: who does not sign reads keys, and what is needed to sign (RS12, AC9)."""

from collections.abc import AsyncIterator

import pytest

from models.people.actors import BUILT_IN, Actor
from models.servers import servers
from models.store.database import connection, transaction
from tests.factories import make_local_actor
from tests.fediverse import Person
from tests.web.activitypub.conftest import Door, add_key, make_here, publish_tent, sent

STUB = {"@context", "id", "type", "preferredUsername", "publicKey"}
KINDS = {"instance": "Application", "coop": "Organization"}


@pytest.fixture
async def built_in(door: Door) -> AsyncIterator[list[Actor]]:
    """The actors that every instance has."""
    made = []
    async with transaction(door.instance.pool) as conn:
        for name in BUILT_IN:
            kind = KINDS.get(name, "Group")
            actor = await make_local_actor(conn, name, type=kind, **make_here(door.instance, name))
            await add_key(conn, actor)
            made.append(actor)
    yield made


async def test_rs12_strangers_read_no_object_and_no_collection(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice)
    create = await sent(door, "Create")
    door.secure()

    parts = [f"{alice.uri}/{part}" for part in ("outbox", "followers", "following", "featured")]
    hung = [f"{listing.uri}/{part}" for part in ("replies", "context", "likes", "shares", "proposal")]
    for uri in (*parts, *hung, listing.uri, create["id"]):
        refused = await door.get(uri)
        assert refused.status == 401, uri
        assert refused.headers["Accept-Signature"] == 'sig1=("@method" "@target-uri");created;keyid'
        assert (await door.get(uri, reader=bob)).status == 200, uri


async def test_rs12_private_public_and_missing_look_the_same_to_strangers(door: Door, alice: Actor) -> None:
    public, hidden = await publish_tent(door, alice), await publish_tent(door, alice, audience="coop")
    missing = f"{alice.uri}/items/00000000-0000-4000-8000-000000000000"
    door.secure()

    answers = [(await door.get(uri)).seen for uri in (public.uri, hidden.uri, missing)]

    assert answers[0][0] == 401 and answers[0] == answers[1] == answers[2]


async def test_rs12_every_actor_has_a_stub_that_tells_its_key_alone(
    door: Door, alice: Actor, built_in: list[Actor]
) -> None:
    full = {one.uri: (await door.get(one.uri)).json for one in (alice, *built_in)}
    door.secure()

    for actor in (alice, *built_in):
        if actor.username == "instance":
            continue
        stub = await door.get(actor.uri)
        assert (stub.status, set(stub.json)) == (200, STUB)
        assert all(stub.json[name] == full[actor.uri][name] for name in STUB)
        assert stub.headers["Cache-Control"] == "private, no-store"


async def test_rs12_whoever_signs_reads_the_whole_actor(door: Door, alice: Actor, bob: Person) -> None:
    door.secure()

    person = (await door.get(alice.uri, reader=bob)).json

    assert {"inbox", "outbox", "summary", "endpoints"} <= set(person)


async def test_rs12_a_wrong_signature_is_not_taken_for_none(door: Door, alice: Actor, bob: Person) -> None:
    door.secure()

    wrong = {"Signature": f'keyId="{bob.signer.key_id}",signature="AA=="'}

    assert (await door.get(alice.uri, headers=wrong)).status == 401


async def test_rs12_webfinger_host_meta_and_nodeinfo_are_free(door: Door, alice: Actor) -> None:
    door.secure()

    documents = ("webfinger?resource=acct:alice@lomme.test", "host-meta", "host-meta.json", "nodeinfo")
    for path in (*(f"/.well-known/{name}" for name in documents), "/nodeinfo/2.0", "/nodeinfo/2.1"):
        assert (await door.get(path, accept=None)).status == 200


async def test_rs12_a_host_set_aside_is_refused_before_its_key_is_fetched(
    door: Door, alice: Actor, bob: Person
) -> None:
    async with connection(door.instance.pool) as conn:
        await servers.save_level(conn, "henin.test", "aside")
    door.secure()

    for uri in (alice.uri, f"{alice.uri}/outbox"):
        assert (await door.get(uri, reader=bob)).status == 403
    assert door.fediverse.fetched == []


async def test_ac09_the_actor_that_signs_is_whole_for_everybody(door: Door, built_in: list[Actor]) -> None:
    uri = f"{door.instance.site.url}/users/instance"
    before = (await door.get(uri)).json
    door.secure()

    after = await door.get(uri)

    assert (after.status, after.json) == (200, before)
    assert after.json["type"] == "Application" and after.json["inbox"] and after.json["publicKey"]["publicKeyPem"]
    for part in ("outbox", "followers", "following", "featured"):
        assert (await door.get(f"{uri}/{part}")).status == 200


async def test_ac09_even_a_host_set_aside_reads_it(door: Door, built_in: list[Actor], bob: Person) -> None:
    async with connection(door.instance.pool) as conn:
        await servers.save_level(conn, "henin.test", "aside")

    assert (await door.get(f"{door.instance.site.url}/users/instance", reader=bob)).status == 200
