"""Listings and notes at their addresses: what was sent, for whom it was sent (OB1 to OB4)."""

from decimal import Decimal

import pytest

from models.ids import HIGHEST_ID
from models.people.actors import Actor
from models.posts.values import Audience
from models.servers import servers
from models.servers.private_hosts import withhold
from models.store.database import connection, transaction
from outbox.listings.listings import withdraw
from outbox.posts.notes import NoteDraft
from outbox.posts.notes import publish as publish_note
from tests.fediverse import Person
from tests.web.activitypub.conftest import Door, publish_tent, sent


async def test_ob01_an_object_is_what_was_delivered(door: Door, alice: Actor, offres: Actor) -> None:
    listing = await publish_tent(door, alice)

    answer = await door.get(listing.uri)

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/activity+json")
    context = answer.json.pop("@context")
    delivered = (await sent(door, "Create"))["object"]
    assert answer.json == delivered
    assert context[0] == "https://www.w3.org/ns/activitystreams"


async def test_ob01_thanks_say_what_for_wherever_they_are_read(door: Door, alice: Actor) -> None:
    event = f"{alice.uri}/events/5b0c8d1e-77aa-4c1e-9a55-2f1d0b7f1a02"
    async with transaction(door.instance.pool) as conn:
        draft = NoteDraft(text="Merci !", audience="network", thanks_for=event)
        note = await publish_note(conn, door.instance.site, alice, draft)

    answer = await door.get(note.uri)

    assert (answer.json["additionalType"], answer.json["thanksFor"]) == (["Thanks"], event)
    answer.json.pop("@context")
    assert answer.json == (await sent(door, "Create"))["object"]


async def test_ob01_what_was_withdrawn_leaves_a_tombstone(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice)
    create = await sent(door, "Create")
    async with transaction(door.instance.pool) as conn:
        await withdraw(conn, door.instance.site, alice, listing.uri)

    for uri, former in (
        (listing.uri, "Note"),
        (create["id"], "Create"),
        (f"{listing.uri}#primary", "Note"),
        (f"{listing.uri}/proposal", "Proposal"),
        (f"{listing.uri}/replies", "Collection"),
        (f"{listing.uri}/likes", "Collection"),
    ):
        answer = await door.get(uri)
        assert (answer.status, answer.json["type"], answer.json["formerType"]) == (410, "Tombstone", former)
        assert answer.json["id"] == uri.partition("#")[0] and answer.json["deleted"].endswith("Z")
        assert b"Tente" not in answer.body
    delete = await sent(door, "Delete")
    assert (await door.get(delete["id"])).json == delete


async def test_ob01_whoever_could_read_it_is_told_that_it_is_gone(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice, audience="territories")
    create = await sent(door, "Create")
    await door.befriend(bob, alice)
    eve = door.fediverse.add_person("eve")
    async with transaction(door.instance.pool) as conn:
        await withdraw(conn, door.instance.site, alice, listing.uri)

    for uri in (listing.uri, create["id"]):
        answer = await door.get(uri, reader=bob)
        assert (answer.status, answer.json["type"]) == (410, "Tombstone")
        assert answer.headers["Cache-Control"] == "private, no-store"
        for reader in (None, eve):
            assert (await door.get(uri, reader=reader)).status == 404


async def test_ob01_a_tombstone_is_not_taken_for_what_is_held(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice)
    async with transaction(door.instance.pool) as conn:
        await withdraw(conn, door.instance.site, alice, listing.uri)

    assert (await door.get(listing.uri, headers={"If-None-Match": "*"})).status == 410


@pytest.mark.parametrize("audience", ["network", "unlisted"])
async def test_ob02_what_is_public_needs_no_signature(door: Door, alice: Actor, audience: Audience) -> None:
    async with transaction(door.instance.pool) as conn:
        draft = NoteDraft(text="Bonjour", audience=audience)
        note = await publish_note(conn, door.instance.site, alice, draft)

    assert (await door.get(note.uri)).json["content"] == "<p>Bonjour</p>"


@pytest.mark.parametrize("audience", ["followers", "territories"])
async def test_ob02_what_is_for_followers_is_for_accepted_followers(
    door: Door, alice: Actor, bob: Person, audience: Audience
) -> None:
    carl, dora = door.fediverse.add_person("carl"), door.fediverse.add_person("dora")
    await door.befriend(bob, alice)
    await door.befriend(carl, alice, state="pending")
    await door.meet(dora)
    async with transaction(door.instance.pool) as conn:
        draft = NoteDraft(text="Bonjour", audience=audience)
        note = await publish_note(conn, door.instance.site, alice, draft)
    create = await sent(door, "Create")

    for uri in (note.uri, create["id"]):
        assert (await door.get(uri, reader=bob)).status == 200
        for reader in (None, carl, dora):
            assert (await door.get(uri, reader=reader)).status == 404


async def test_ob02_whoever_no_longer_follows_reads_no_more(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice, audience="territories")
    await door.befriend(bob, alice)
    assert (await door.get(listing.uri, reader=bob)).status == 200

    await door.execute("DELETE FROM follow")

    assert (await door.get(listing.uri, reader=bob)).status == 404


async def test_ob02_a_private_message_is_for_whom_it_names(door: Door, alice: Actor, bob: Person) -> None:
    await door.meet(bob)
    async with transaction(door.instance.pool) as conn:
        draft = NoteDraft(text="Bonjour @bob@henin.test", audience="direct")
        note = await publish_note(conn, door.instance.site, alice, draft)
    create = await sent(door, "Create")
    eve, follower = door.fediverse.add_person("eve"), door.fediverse.add_person("fanny")
    await door.befriend(follower, alice)

    for uri in (note.uri, create["id"]):
        assert (await door.get(uri, reader=bob)).status == 200
        for reader in (None, eve, follower):
            assert (await door.get(uri, reader=reader)).status == 404


async def test_ob03_what_is_for_the_cooperative_is_missing_for_everybody_else(
    door: Door, alice: Actor, bob: Person
) -> None:
    listing = await publish_tent(door, alice, audience="coop")
    await door.befriend(bob, alice)
    missing = f"{alice.uri}/items/00000000-0000-4000-8000-000000000000"

    for reader in (None, bob):
        assert (await door.get(listing.uri, reader=reader)).seen == (await door.get(missing, reader=reader)).seen


async def test_a_server_that_is_set_aside_reads_nothing(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice)
    async with connection(door.instance.pool) as conn:
        await servers.save_level(conn, "henin.test", "aside")

    answer = await door.get(listing.uri, reader=bob)

    assert answer.status == 403
    assert door.fediverse.fetched == []


async def test_somebody_whom_the_moderators_suspended_reads_nothing(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice, audience="territories")
    reader = await door.befriend(bob, alice)
    await door.execute("UPDATE actor SET suspended_at = now() WHERE id = $1", reader.id)

    assert (await door.get(listing.uri, reader=bob)).status == 403


async def test_a_wrong_signature_is_401_where_it_is_needed(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice, audience="territories")

    answer = await door.get(
        listing.uri, headers={"Signature": 'keyId="https://henin.test/users/bob#main-key",signature="AA=="'}
    )

    assert answer.status == 401


async def test_the_twin_is_found_by_its_link(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice, mode="sale", price=Decimal(25), title="Roue")

    link = (await door.get(listing.uri)).headers["Link"]
    twin = await door.get(f"{listing.uri}/proposal")

    assert link == f'<{listing.uri}/proposal>; rel="https://w3id.org/valueflows/ont/vf#Proposal"'
    assert (twin.json["type"], twin.json["id"]) == ("Proposal", f"{listing.uri}/proposal")
    assert twin.json["reciprocal"]["resourceQuantity"]["hasNumericalValue"] == "25"


async def test_there_is_no_twin_of_what_is_private_and_no_link_to_it(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice, audience="territories")
    await door.befriend(bob, alice)

    assert "Link" not in (await door.get(listing.uri, reader=bob)).headers
    for reader in (None, bob):
        assert (await door.get(f"{listing.uri}/proposal", reader=reader)).status == 404


async def test_b52_a_follower_at_a_server_that_gets_nothing_private_is_shown_nothing_private(
    door: Door, alice: Actor, bob: Person
) -> None:
    await door.befriend(bob, alice)
    async with transaction(door.instance.pool) as conn:
        private, public = [
            await publish_note(conn, door.instance.site, alice, NoteDraft(text="Bonjour", audience=audience))
            for audience in ("followers", "network")
        ]
    before = await door.get(private.uri, reader=bob)
    async with transaction(door.instance.pool) as conn:
        await withhold(conn, "henin.test")

    create = (await door.get(f"{alice.uri}/outbox?before={HIGHEST_ID}", reader=bob)).json["orderedItems"]

    assert before.status == 200
    assert (await door.get(private.uri, reader=bob)).status == 404
    assert (await door.get(public.uri, reader=bob)).status == 200
    assert [one["object"]["id"] for one in create] == [public.uri]
