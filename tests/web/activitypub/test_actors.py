"""Our actors at their addresses (AC1 to AC10)."""

import pytest

from models.actors import Actor
from models.database import connection, execute
from tests.web.activitypub.conftest import Door


async def test_an_actor_has_all_that_others_need(door: Door, alice: Actor) -> None:
    answer = await door.get(alice.uri)

    person = answer.json
    assert answer.status == 200
    assert (person["id"], person["type"], person["preferredUsername"]) == (alice.uri, "Person", "alice")
    assert person["inbox"] == f"{alice.uri}/inbox"
    assert person["endpoints"]["sharedInbox"] == f"{door.instance.site.url}/inbox"
    assert person["publicKey"]["owner"] == alice.uri
    assert person["publicKey"]["publicKeyPem"].startswith("-----BEGIN PUBLIC KEY-----")
    assert {"outbox", "followers", "following", "featured", "url", "published"} <= set(person)
    assert "https://w3id.org/security/v1" in person["@context"]


async def test_a_stream_is_a_group(door: Door, offres: Actor) -> None:
    assert (await door.get(offres.uri)).json["type"] == "Group"


async def test_people_are_sent_to_the_profile(door: Door, alice: Actor) -> None:
    answer = await door.get(alice.uri, accept="text/html")

    assert (answer.status, answer.headers["Location"]) == (303, alice.url)


async def test_whoever_is_not_confirmed_does_not_exist_yet(door: Door, alice: Actor) -> None:
    async with connection(door.instance.pool) as conn:
        await execute(conn, "UPDATE account SET confirmed_at = NULL")

    for uri in (alice.uri, f"{alice.uri}/outbox", f"{alice.uri}/followers"):
        assert (await door.get(uri)).status == 404


async def test_whoever_is_deleted_leaves_a_tombstone(door: Door, alice: Actor) -> None:
    async with connection(door.instance.pool) as conn:
        await execute(conn, "UPDATE actor SET deleted_at = now() WHERE id = $1", alice.id)

    answer = await door.get(alice.uri)

    assert (answer.status, answer.json["type"], answer.json["formerType"]) == (410, "Tombstone", "Person")
    for part in ("outbox", "followers", "following", "featured"):
        assert (await door.get(f"{alice.uri}/{part}")).status == 410


@pytest.mark.parametrize("name", ["nobody", "ALICE", "../alice", "alice%00"])
async def test_nobody_else_is_there(door: Door, alice: Actor, name: str) -> None:
    answer = await door.get(f"{door.instance.site.url}/users/{name}")

    assert answer.status in {200, 404} and (answer.status == 404 or answer.json["id"] == alice.uri)
