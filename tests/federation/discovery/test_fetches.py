"""Actors and objects fetched from elsewhere, and what is kept of them."""

from typing import Any

import pytest

from federation.discovery.fetches import fetch_actor, fetch_object, get_actor
from federation.errors import Cause, FetchFailed, Unsupported
from federation.instance import Instance
from federation.vocabulary.objects import Note
from models.errors import NotFound
from models.people import actors
from models.posts.media import media
from models.store.database import connection, execute, fetch_value
from tests.factories import make_local_actor, make_remote_actor
from tests.fediverse import FakeFediverse, make_signer

BOB = "https://henin.test/users/bob"
NOTE = "https://henin.test/notes/1"


async def test_a_fetched_actor_is_kept_with_all_that_counts(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.add_person(
        type="Group",
        name="Offres\r\nHénin",
        summary="<p>Bonjour<script>alert(1)</script></p>",
        manuallyApprovesFollowers=True,
        icon={"type": "Image", "url": "https://henin.test/icon.png"},
        attachment=[{"type": "PropertyValue", "name": "Site", "value": "<b onclick=x>ici</b>"}],
        alsoKnownAs=["https://old.test/users/bob"],
        territory="https://henin.test/users/coop",
        location={"type": "Place", "name": "Hénin-Beaumont", "latitude": 50.4, "longitude": 2.95, "radius": 500},
    )

    bob = await fetch_actor(instance, BOB)

    assert (bob.type, bob.handle, bob.local, bob.locked) == ("Group", "bob@henin.test", False, True)
    assert bob.name == "Offres Hénin" and "script" not in bob.summary and "onclick" not in bob.fields[0]["value"]
    assert bob.inbox == f"{BOB}/inbox" and bob.shared_inbox == "https://henin.test/inbox"
    assert bob.also_known_as == ["https://old.test/users/bob"]
    assert bob.territory_uri == "https://henin.test/users/coop" and bob.place_name == "Hénin-Beaumont"
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM public_key WHERE actor_id = $1", bob.id) == 1
        assert bob.icon_media_id is not None or (await actors.get(conn, bob.id)).icon_media_id is not None
        icon = await media.find(conn, (await actors.get(conn, bob.id)).icon_media_id or 0)
    assert icon is not None and icon.remote_url == "https://henin.test/icon.png"


@pytest.mark.parametrize(
    ("changes", "url", "shared_inbox"),
    [
        ({"url": "https://banque.test/@bob"}, BOB, "https://henin.test/inbox"),
        ({"url": "http://henin.test/@bob"}, BOB, "https://henin.test/inbox"),
        ({"url": "https://henin.test.evil.test/@bob"}, BOB, "https://henin.test/inbox"),
        ({"url": "https://henin.test/@bob"}, "https://henin.test/@bob", "https://henin.test/inbox"),
        ({"endpoints": {"sharedInbox": "https://victim.test/inbox"}}, "https://henin.test/@bob", None),
    ],
)
async def test_the_page_and_the_shared_inbox_of_an_actor_are_on_its_own_server(
    instance: Instance, fediverse: FakeFediverse, changes: dict[str, Any], url: str, shared_inbox: str | None
) -> None:
    fediverse.add_person(**changes)

    bob = await fetch_actor(instance, BOB)

    assert (bob.url, bob.shared_inbox) == (url, shared_inbox)


async def test_collections_and_territory_of_others_are_not_an_actors_own(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.add_person(
        followers="https://victim.test/users/alice/followers",
        outbox="http://henin.test/outbox",
        territory="https://victim.test/users/coop",
    )

    bob = await fetch_actor(instance, BOB)

    assert (bob.followers_uri, bob.outbox, bob.territory_uri) == (None, None, None)
    assert bob.following_uri == f"{BOB}/following"


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Note"}, {"inbox": None}, {"preferredUsername": None}, {"preferredUsername": "bob@evil.test"},
        {"preferredUsername": "a/b"}, {"preferredUsername": "x" * 2049}, {"preferredUsername": " "},
    ],
)  # fmt: skip
async def test_b26_what_is_no_actor_is_not_kept(
    changes: dict[str, Any], instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.add_person(**changes)

    with pytest.raises(FetchFailed) as failed:
        await fetch_actor(instance, BOB)

    assert failed.value.cause is Cause.NOT_AN_ACTOR
    async with connection(instance.pool) as conn:
        assert await actors.find_by_uri(conn, BOB) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"icon": ["https://henin.test/a.png"], "url": [{"type": "Link", "href": "https://henin.test/@bob"}]},
        {"icon": "https://henin.test/a.png", "url": None},
        {"publicKey": [], "endpoints": None},
        {"publicKey": "https://henin.test/keys/1", "inbox": "https://other.test/inbox"},
        {"publicKey": {"id": 5}, "attachment": "x", "location": [], "published": "yesterday"},
    ],
)
async def test_ac11_odd_shapes_are_read_without_an_exception(
    changes: dict[str, Any], instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.add_person(**changes)

    assert (await fetch_actor(instance, BOB)).username == "bob"


async def test_known_actors_are_not_asked_for_again_within_a_day(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.add_person()
    first = await get_actor(instance, BOB)
    second = await get_actor(instance, BOB)
    async with connection(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET fetched_at = now() - interval '25 hours'")
    third = await get_actor(instance, BOB)

    assert first.id == second.id == third.id
    assert fediverse.fetched.count(BOB) == 2


async def test_a_known_actor_of_an_absent_server_stays_known(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.add_person()
    first = await get_actor(instance, BOB)
    async with connection(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET fetched_at = now() - interval '25 hours'")
    fediverse.documents[BOB] = FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True)

    assert (await get_actor(instance, BOB)).id == first.id

    async with connection(instance.pool) as conn:
        await execute(conn, "DELETE FROM failed_fetch")
    fediverse.documents[BOB] = FetchFailed(Cause.GONE, "henin.test", answer=410)
    with pytest.raises(FetchFailed):
        await get_actor(instance, BOB)


async def test_b21_our_actors_are_looked_up_here(instance: Instance, fediverse: FakeFediverse) -> None:
    async with connection(instance.pool) as conn:
        alice = await make_local_actor(conn, "alice")

    assert (await get_actor(instance, alice.uri)).id == alice.id
    with pytest.raises(NotFound):
        await get_actor(instance, "https://lomme.test/users/nobody")
    assert fediverse.fetched == []


async def test_b25_another_id_under_a_known_handle_is_another_account(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    async with connection(instance.pool) as conn:
        old = await make_remote_actor(conn, "bob", uri="https://henin.test/ap/old-bob")
    fediverse.add_person()

    new = await fetch_actor(instance, BOB)

    assert new.id != old.id and new.handle == old.handle


async def test_an_object_is_read_as_what_it_is(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents[NOTE] = {
        "@context": "https://www.w3.org/ns/activitystreams", "id": NOTE, "type": "Note", "attributedTo": BOB,
        "content": "<p>Bonjour</p>", "to": ["as:Public"],
    }  # fmt: skip

    found = await fetch_object(instance, NOTE)

    assert isinstance(found, Note) and found.id == NOTE and found.attributed_to == BOB


async def test_rs13_an_object_for_followers_is_asked_for_by_a_follower(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.documents[NOTE] = {"id": NOTE, "type": "Note", "attributedTo": BOB, "content": "x"}
    alice = make_signer("https://lomme.test/users/alice#main-key")

    await fetch_object(instance, NOTE, signer=alice)

    assert fediverse.signers == [alice.key_id]


@pytest.mark.parametrize(
    "document", [{"id": NOTE}, {"id": NOTE, "type": 5}, {"id": NOTE, "@graph": [], "type": "Note"}]
)
async def test_an_object_that_cannot_be_read_is_refused_once(
    document: dict[str, Any], instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.documents[NOTE] = document

    for _ in range(2):
        with pytest.raises((FetchFailed, Unsupported)):
            await fetch_object(instance, NOTE)
