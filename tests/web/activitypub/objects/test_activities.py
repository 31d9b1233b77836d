"""Every id that we ever sent: it answers what was sent, to those to whom it was sent (OB1, OB4, OB6)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.uris import parse_local
from models.exchanges.agreements import Terms
from models.listings.listings import ListingDraft
from models.people import actors
from models.people.actors import Actor, Profile, save_profile
from models.settings import Site
from models.store.database import Connection, execute, transaction
from outbox.exchanges.agreements import agreements
from outbox.exchanges.agreements.endings import cancel, refuse
from outbox.exchanges.agreements.fulfilment import report
from outbox.listings import listings
from outbox.moderation import reports
from outbox.moderation.reports import Complaint
from outbox.people.profiles import announce_update
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.relations import follows, reactions
from outbox.threads.agreement_context import Said
from tests.factories import make_local_actor, make_note, make_remote_actor
from tests.fediverse import Person
from tests.web.activitypub.conftest import HTML, Door, add_key, make_here, publish_tent, sent

NO_DOCUMENT = {"profile_page", "listing_page", "note_page", "tag_page", "shared_inbox", "inbox"}
"""Addresses of ours in documents that are pages, or where one writes."""


def ids_in(value: Any, key: str = "") -> Iterator[str]:
    """Everything in a document that could be an id."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ids_in(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from ids_in(inner, key)
    elif isinstance(value, str) and value.startswith("http"):
        yield value


def keys_in(value: Any) -> Iterator[str]:
    """The names of all properties, at any depth."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from keys_in(inner)


async def _agree(conn: Connection, site: Site, alice: Actor, reader: Actor) -> None:
    """The reader borrows something of Alice's, and it comes back; another time she cancels."""
    await execute(conn, "UPDATE actor SET territory_uri = 'https://henin.test/users/coop' WHERE id = $1", reader.id)
    reader = await actors.get(conn, reader.id)
    lent = await listings.publish(conn, site, alice, ListingDraft(kind="offer", mode="loan", title="Remorque"))
    begins_at = datetime.now(UTC) + timedelta(days=9)
    terms = Terms(begins_at=begins_at, ends_at=begins_at + timedelta(days=2))
    for end in (report, cancel):
        said = Said(uri=f"{reader.uri}/activities/{end.__name__}")
        asked = await agreements.request(conn, site, reader, lent, terms, said)
        proposed = await agreements.counter(conn, site, alice, asked, replace(terms, place="La Remise"))
        agreed = await agreements.accept(conn, site, reader, proposed)
        await (report(conn, site, alice, agreed, "back") if end is report else cancel(conn, site, alice, agreed))
    said = Said(uri=f"{reader.uri}/activities/refused")
    refused = await agreements.request(conn, site, reader, lent, terms, said)
    await refuse(conn, site, alice, refused)


@pytest.fixture
async def told(door: Door, alice: Actor, offres: Actor, bob: Person) -> list[dict[str, Any]]:
    """Alice did everything that there is to do, and Bob, who follows her, was told; all that was sent, oldest first."""
    reader = await door.befriend(bob, alice)
    site, pool = door.instance.site, door.instance.pool
    async with transaction(pool) as conn:
        instance = await make_local_actor(conn, "instance", type="Application", **make_here(door.instance, "instance"))
        for actor in (offres, instance):
            await add_key(conn, actor)
        theirs = await make_note(conn, reader)
    listing = await publish_tent(door, alice)
    gone = await publish_tent(door, alice, title="Perdue")
    await publish_tent(door, alice, audience="territories")
    await publish_tent(door, alice, audience="coop")
    async with transaction(pool) as conn:
        await listings.pause(conn, site, alice, listing.uri)
        await listings.withdraw(conn, site, alice, gone.uri)
        await notes.reply(conn, site, alice, theirs, "Merci", audience="network")
        await notes.publish(conn, site, alice, NoteDraft(text="Psst @bob@henin.test", audience="direct"))
        await follows.follow(conn, site, alice, reader)
        await follows.unfollow(conn, site, alice, reader)
        await reactions.favourite(conn, site, alice, theirs)
        await reactions.unfavourite(conn, site, alice, theirs)
        await reactions.share(conn, site, alice, theirs)
        await reactions.unshare(conn, site, alice, theirs)
        await _agree(conn, site, alice, reader)
        await follows.accept(conn, site, alice, await _ask(conn, reader, alice))
        profile = Profile(name="Alice", summary="", locked=False, discoverable=True, fields=[])
        await announce_update(conn, site, await save_profile(conn, alice.id, profile))
        await reports.report(conn, site, alice, Complaint(target=reader, content="Bof", forward=True))
    rows = await pool.fetch("SELECT body FROM activity ORDER BY id")
    return [json.loads(row["body"]) for row in rows]


async def _ask(conn: Any, follower: Actor, followed: Actor) -> Actor:
    await conn.execute("UPDATE follow SET state = 'pending' WHERE follower_id = $1", follower.id)
    assert followed.local
    return follower


async def test_ob01_every_activity_answers_what_was_sent(door: Door, bob: Person, told: list[dict[str, Any]]) -> None:
    kinds = {activity["type"] for activity in told}
    assert kinds >= {"Create", "Update", "Delete", "Follow", "Undo", "Like", "Announce", "Accept", "Flag"}

    gone = {activity["object"]["id"] for activity in told if activity["type"] == "Delete"}

    for activity in told:
        answer = await door.get(activity["id"], reader=bob)
        if answer.status == 410:
            assert activity["type"] == "Create" and activity["object"] in gone
            assert answer.json["id"] == activity["id"]
            continue
        kept = await door.instance.pool.fetchval("SELECT body FROM activity WHERE uri = $1", activity["id"])
        assert (answer.status, answer.body.decode()) == (200, kept), activity["type"]


async def test_ob01_every_id_in_what_was_sent_answers_under_that_id(
    door: Door, bob: Person, told: list[dict[str, Any]]
) -> None:
    site = door.instance.site
    ids = {id for activity in told for id in ids_in(activity) if id.startswith(f"{site.url}/users/")}
    kinds = {found.kind for id in ids if (found := parse_local(site, id))}
    assert kinds >= {
        "actor",
        "key",
        "listing",
        "note",
        "intent",
        "activity",
        "followers",
        "note_replies",
        "listing_likes",
    }

    for id in sorted(ids):
        found = parse_local(site, id)
        assert found is not None, id
        if found.kind in NO_DOCUMENT:
            continue
        answer = await door.get(id, reader=bob)
        assert answer.status in {200, 410}, id
        assert answer.json["id"] == id.partition("#")[0]
        assert answer.status == 200 or answer.json["type"] == "Tombstone"
        if "#" in id:
            assert answer.status == 410 or id in set(ids_in(answer.json)), "the part that it names is there"


async def test_ob01_an_id_of_somebody_else_answers_nothing(door: Door, alice: Actor, offres: Actor) -> None:
    listing = await publish_tent(door, alice)
    create = await sent(door, "Create")

    for uri in (listing.uri, create["id"]):
        for other in (uri.replace("/alice/", "/offres/"), f"{uri}/x", f"{uri}x", uri.replace("/alice/", "/Alice/")):
            assert (await door.get(other)).status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_ob06_an_activity_is_as_visible_as_its_object(door: Door, alice: Actor, bob: Person, method: str) -> None:
    eve = door.fediverse.add_person("eve")
    await door.befriend(bob, alice)
    for audience in ("network", "territories"):
        listing = await publish_tent(door, alice, audience=audience)
        create = await sent(door, "Create")
        for reader in (None, eve, bob):
            object = await door.get(listing.uri, reader=reader, method=method)
            activity = await door.get(create["id"], reader=reader, method=method)
            assert object.status == activity.status
            assert object.headers["Cache-Control"].split(",")[0] in {"private", "public"}


async def test_ob06_what_a_wider_audience_may_read_now_does_not_widen_what_was_sent_before(
    door: Door, alice: Actor
) -> None:
    listing = await publish_tent(door, alice, audience="territories")
    create = await sent(door, "Create")
    await door.execute("UPDATE post SET audience = 'network' WHERE uri = $1", listing.uri)

    assert (await door.get(listing.uri)).status == 200
    assert (await door.get(create["id"])).status == 404


async def test_ob06_what_is_between_two_is_for_these_two(door: Door, bob: Person, told: list[dict[str, Any]]) -> None:
    mate = door.fediverse.add_person("mate")
    between = [one for one in told if one["type"] in {"Follow", "Like", "Accept", "Flag"}]
    assert len({one["type"] for one in between}) == 4

    for activity in between:
        assert (await door.get(activity["id"], reader=bob)).status == 200
        for reader in (None, mate):
            missing = await door.get(activity["id"].replace("-4", "-5", 1), reader=reader)
            assert (await door.get(activity["id"], reader=reader)).seen == missing.seen


async def test_ob04_blind_copies_stand_in_nothing_that_is_sent_or_served(
    door: Door, alice: Actor, bob: Person, told: list[dict[str, Any]]
) -> None:
    served = [(await door.get(activity["id"], reader=bob)).json for activity in told]
    page = (await door.get(f"{alice.uri}/outbox")).json["first"]

    for document in (*told, *served, (await door.get(page)).json, (await door.get(alice.uri)).json):
        assert not {"bto", "bcc"} & set(keys_in(document))


async def test_ob04_whoever_is_addressed_gets_the_delivery(door: Door, alice: Actor, bob: Person) -> None:
    await door.meet(bob)
    async with transaction(door.instance.pool) as conn:
        await make_remote_actor(conn, "carl", "arras.test")
        draft = NoteDraft(text="Bonjour @bob@henin.test", audience="direct")
        await notes.publish(conn, door.instance.site, alice, draft)

    inboxes = await door.instance.pool.fetch("SELECT inbox, personal_inbox FROM delivery")

    assert [{one["inbox"], one["personal_inbox"]} & {bob.inbox} for one in inboxes] == [{bob.inbox}]


async def test_people_are_sent_to_the_profile(door: Door, alice: Actor) -> None:
    await publish_tent(door, alice)

    answer = await door.get((await sent(door, "Create"))["id"], accept=HTML)

    assert (answer.status, answer.headers["Location"]) == (303, alice.url)


@pytest.mark.parametrize("who", ["blocked", "blocking"])
async def test_ob03_what_she_said_of_others_is_missing_for_whom_a_block_keeps_away(
    door: Door, alice: Actor, bob: Person, who: str
) -> None:
    reader, site = await door.meet(bob), door.instance.site
    async with transaction(door.instance.pool) as conn:
        await reactions.share(conn, site, alice, await make_note(conn, await make_remote_actor(conn, "carl", "c.test")))
        await follows.follow(conn, site, alice, reader)
    ids = [(await sent(door, type))["id"] for type in ("Announce", "Follow")]
    before = [(await door.get(id, reader=bob)).status for id in ids]

    await door.block(*((alice, reader) if who == "blocked" else (reader, alice)))

    assert (before, [(await door.get(id, reader=bob)).status for id in ids]) == ([200, 200], [404, 404])
