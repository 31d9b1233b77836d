"""Objects and activities at their addresses: the bytes that were sent, for whom they were sent (OB1 to OB6)."""

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from models import blocks, servers
from models.actors import Actor
from models.database import connection, execute, transaction
from models.listings import Listing, ListingDraft
from outbox.listings import publish, withdraw
from outbox.notes import NoteDraft
from outbox.notes import publish as publish_note
from tests.factories import make_follow
from tests.fediverse import Person
from tests.web.activitypub.conftest import Door

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


async def publish_tent(door: Door, author: Actor, **changes: Any) -> Listing:
    """A listing of this author."""
    values: dict[str, Any] = {"kind": "offer", "mode": "gift", "title": "Tente"} | changes
    async with transaction(door.instance.pool) as conn:
        return await publish(conn, door.instance.site, author, ListingDraft(**values))


async def sent(door: Door, type: str) -> dict[str, Any]:
    """The newest activity of this type as it was signed."""
    body = await door.instance.pool.fetchval("SELECT body FROM activity WHERE type = $1 ORDER BY id DESC LIMIT 1", type)
    found: dict[str, Any] = json.loads(body)
    return found


async def test_an_object_is_what_was_delivered(door: Door, alice: Actor, offres: Actor) -> None:
    listing = await publish_tent(door, alice)

    answer = await door.get(listing.uri)

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/activity+json")
    context = answer.json.pop("@context")
    delivered = (await sent(door, "Create"))["object"]
    assert answer.json == delivered
    assert context[0] == "https://www.w3.org/ns/activitystreams"


async def test_an_activity_is_what_was_signed_byte_for_byte(door: Door, alice: Actor) -> None:
    await publish_tent(door, alice)
    create = await sent(door, "Create")

    answer = await door.get(create["id"])

    assert answer.json == create
    kept = await door.instance.pool.fetchval("SELECT body FROM activity WHERE uri = $1", create["id"])
    assert answer.body == kept.encode()


@pytest.mark.parametrize(
    "accept",
    [
        "application/activity+json",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        'application/ld+json;profile="https://www.w3.org/ns/activitystreams"; q=0.9, application/activity+json; q=0.8',
        "text/html;q=0.1, application/activity+json",
        "application/ld+json",
        "application/json",
    ],
)
async def test_servers_get_json(door: Door, alice: Actor, accept: str) -> None:
    listing = await publish_tent(door, alice)

    assert (await door.get(listing.uri, accept=accept)).json["id"] == listing.uri


@pytest.mark.parametrize("accept", [HTML, "text/html", "*/*", None])
async def test_people_are_sent_to_the_page(door: Door, alice: Actor, accept: str | None) -> None:
    listing = await publish_tent(door, alice)

    answer = await door.get(listing.uri, accept=accept)

    assert (answer.status, answer.headers["Location"]) == (303, listing.post.url)
    assert "Accept" in answer.headers["Vary"]


async def test_nothing_else_is_served(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice)

    assert (await door.get(listing.uri, accept="image/png")).status == 406


async def test_a_private_object_equals_a_missing_one(door: Door, alice: Actor, bob: Person) -> None:
    hidden = await publish_tent(door, alice, audience="coop")
    missing = hidden.uri[:-1] + ("0" if hidden.uri[-1] != "0" else "1")

    for reader in (None, bob):
        real, absent = await door.get(hidden.uri, reader=reader), await door.get(missing, reader=reader)
        assert real.status == absent.status == 404
        assert real.body == absent.body
        volatile = {"X-Request-ID", "Date"}
        assert {k: v for k, v in real.headers.items() if k not in volatile} == {
            k: v for k, v in absent.headers.items() if k not in volatile
        }


async def test_what_is_for_followers_is_for_accepted_followers(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice, audience="territories")
    carl, dora = door.fediverse.add_person("carl"), door.fediverse.add_person("dora")
    async with transaction(door.instance.pool) as conn:
        await make_follow(conn, await door.meet(bob), alice)
        await make_follow(conn, await door.meet(carl), alice, state="pending")
        await door.meet(dora)

    assert (await door.get(listing.uri, reader=bob)).status == 200
    for reader in (None, carl, dora):
        assert (await door.get(listing.uri, reader=reader)).status == 404


async def test_what_is_private_is_kept_by_nobody(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice, audience="territories")
    async with transaction(door.instance.pool) as conn:
        await make_follow(conn, await door.meet(bob), alice)

    answer = await door.get(listing.uri, reader=bob)

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert {"Signature", "Signature-Input"} <= set(answer.headers["Vary"].split(", "))
    assert "ETag" not in answer.headers


async def test_a_private_message_is_for_whom_it_names(door: Door, alice: Actor, bob: Person) -> None:
    await door.meet(bob)
    async with transaction(door.instance.pool) as conn:
        note = await publish_note(
            conn, door.instance.site, alice, NoteDraft(text="Bonjour @bob@henin.test", audience="direct")
        )
    create = await sent(door, "Create")
    eve = door.fediverse.add_person("eve")

    for uri in (note.uri, create["id"]):
        assert (await door.get(uri, reader=bob)).status == 200
        assert (await door.get(uri, reader=eve)).status == 404
        assert (await door.get(uri)).status == 404


async def test_a_block_hides_it_either_way(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice)
    reader = await door.meet(bob)
    assert (await door.get(listing.uri, reader=bob)).status == 200

    async with connection(door.instance.pool) as conn:
        await blocks.save(conn, uri="https://henin.test/b/1", actor_id=reader.id, target_id=alice.id)

    assert (await door.get(listing.uri, reader=bob)).status == 404


async def test_a_server_that_is_set_aside_reads_nothing(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice)
    async with connection(door.instance.pool) as conn:
        await servers.save_level(conn, "henin.test", "aside")

    answer = await door.get(listing.uri, reader=bob)

    assert answer.status == 403
    assert door.fediverse.fetched == []


async def test_a_wrong_signature_is_401_and_not_taken_for_none(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice)

    answer = await door.get(
        listing.uri, headers={"Signature": 'keyId="https://henin.test/users/bob#main-key",signature="AA=="'}
    )

    assert answer.status == 401


async def test_what_was_withdrawn_leaves_a_tombstone(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice)
    create = await sent(door, "Create")
    async with transaction(door.instance.pool) as conn:
        await withdraw(conn, door.instance.site, alice, listing.uri)

    answer = await door.get(listing.uri)

    assert answer.status == 410
    assert (answer.json["type"], answer.json["formerType"], answer.json["id"]) == ("Tombstone", "Note", listing.uri)
    assert answer.json["deleted"]
    assert (await door.get(create["id"])).status == 410


async def test_the_twin_is_found_by_its_link(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice, mode="sale", price=Decimal(25), title="Roue")

    link = (await door.get(listing.uri)).headers["Link"]
    twin = await door.get(f"{listing.uri}/proposal")

    assert link == f'<{listing.uri}/proposal>; rel="https://w3id.org/valueflows/ont/vf#Proposal"'
    assert (twin.json["type"], twin.json["id"]) == ("Proposal", f"{listing.uri}/proposal")
    assert twin.json["reciprocal"]["resourceQuantity"]["hasNumericalValue"] == "25"


async def test_there_is_no_twin_of_what_is_private(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice, audience="coop")

    assert (await door.get(f"{listing.uri}/proposal")).status == 404


async def test_an_unchanged_object_is_not_sent_again(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice)
    first = await door.get(listing.uri)

    again = await door.get(listing.uri, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status, again.body) == (304, b"")


async def test_head_is_get_without_a_body(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice)
    got, headed = await door.get(listing.uri), await door.get(listing.uri, method="HEAD")

    assert (headed.status, headed.body) == (200, b"")
    assert headed.headers["Content-Type"] == got.headers["Content-Type"]
    assert headed.headers["Content-Length"] == got.headers["Content-Length"]


async def test_blind_copies_appear_nowhere(door: Door, alice: Actor) -> None:
    await publish_tent(door, alice)

    for body in await door.instance.pool.fetch("SELECT body FROM activity"):
        assert '"bto"' not in body["body"] and '"bcc"' not in body["body"]


async def test_in_secure_mode_strangers_read_nothing_but_keys(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice)
    create = await sent(door, "Create")
    secured = msgspec.structs.replace(door.instance.settings, secure_mode=True)
    object.__setattr__(door.instance, "settings", secured)

    for uri in (listing.uri, create["id"], f"{alice.uri}/outbox"):
        assert (await door.get(uri)).status == 401
        assert (await door.get(uri, reader=bob)).status == 200
    stub = await door.get(alice.uri)
    assert stub.status == 200
    assert set(stub.json) == {"@context", "id", "type", "preferredUsername", "publicKey"}
    assert "summary" in (await door.get(alice.uri, reader=bob)).json


async def test_a_suspended_account_shows_nothing(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice)
    async with connection(door.instance.pool) as conn:
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", alice.id)

    assert (await door.get(listing.uri)).status == 404
    actor = await door.get(alice.uri)
    assert (actor.status, actor.json["suspended"], actor.json["name"]) == (200, True, "")
    assert (await door.get(f"{alice.uri}/outbox")).status == 403
