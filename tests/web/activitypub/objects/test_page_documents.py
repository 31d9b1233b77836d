"""The address that people copy from their browser is as good for servers as the id (CN1, OB2, OB3)."""

import pytest
from multidict import CIMultiDict

from models.people.actors import Actor
from models.posts import Post
from models.store.database import transaction
from outbox.listings.listings import withdraw
from outbox.posts.notes import NoteDraft
from outbox.posts.notes import publish as publish_note
from tests.fediverse import Person, sign_get
from tests.web.activitypub.conftest import ACTIVITY, HTML, Answer, Door, publish_tent
from web.http.row_ids import write_short

NOWHERE = "00000000-0000-4000-8000-000000000000"


async def write_note(door: Door, author: Actor, audience: str = "network") -> Post:
    """A note of this author."""
    async with transaction(door.instance.pool) as conn:
        draft = NoteDraft(text="Bonjour", audience=audience)  # type: ignore[arg-type]  # each is a name of one
        return await publish_note(conn, door.instance.site, author, draft)


def list_pages(door: Door, post: Post) -> list[str]:
    """All addresses at which people find it."""
    numbered = f"/annonces/d/{post.id}" if post.kind == "listing" else f"/notes/{post.id}"
    return [post.url, f"{door.instance.site.url}{numbered}", f"{door.instance.site.url}/a/{write_short(post.id)}"]


async def get_as_after_a_redirect(door: Door, uri: str, reader: Person, *, secret: str = "/annonces/x") -> Answer:
    """Asked with a signature that was made for another address."""
    headers: CIMultiDict[str] = sign_get(door.instance.site, secret, reader.signer).headers
    return await door.get(uri, headers=dict(headers))


async def test_every_page_of_a_listing_or_note_answers_servers_with_its_document(door: Door, alice: Actor) -> None:
    for post in ((await publish_tent(door, alice)).post, await write_note(door, alice)):
        document = await door.get(post.uri)

        for page in list_pages(door, post):
            for method in ("GET", "HEAD"):
                answer = await door.get(page, method=method)
                assert answer.status == 200
                assert answer.headers["Content-Type"] == "application/activity+json; charset=utf-8"
                assert answer.headers["Vary"] == "Accept, Signature, Signature-Input, Accept-Encoding"
                assert answer.headers["ETag"] == document.headers["ETag"]
                assert answer.body == (document.body if method == "GET" else b"")


@pytest.mark.parametrize("handle", ["alice", "Alice", "alice@lomme.test"])
async def test_profile_answers_servers_with_the_actor(door: Door, alice: Actor, handle: str) -> None:
    assert door.instance.site.host == "lomme.test"

    assert (await door.get(f"/@{handle}")).json["id"] == alice.uri


async def test_people_still_find_a_page_there(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice)

    answer = await door.get(listing.post.url, accept=HTML)

    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["Link"] == f'<{listing.uri}>; rel="alternate"; type="{ACTIVITY}"'
    assert "Accept" in answer.headers["Vary"].split(", ")


async def test_caches_keep_no_answer_for_people_as_one_for_servers(door: Door, alice: Actor) -> None:
    listing, note = (await publish_tent(door, alice)).post, await write_note(door, alice, "coop")
    addresses = [*list_pages(door, listing), *list_pages(door, note), f"/notes/{listing.id}", f"/annonces/{NOWHERE}"]

    answers = [await door.get(address, accept=HTML) for address in addresses]

    assert {200, 303, 404} <= {answer.status for answer in answers}
    for answer in answers:
        kept = "no-store" not in answer.headers.get("Cache-Control", "")
        assert not kept or "Accept" in answer.headers["Vary"].split(", "), answer


async def test_a_page_shows_servers_no_more_than_the_id_does(door: Door, alice: Actor, bob: Person) -> None:
    await door.befriend(bob, alice)
    eve = door.fediverse.add_person("eve")
    note = await write_note(door, alice, "followers")

    missing = await door.get(f"/@alice/{NOWHERE}")

    for page in list_pages(door, note):
        assert (await door.get(page, reader=bob)).json["id"] == note.uri
        assert (await door.get(page, reader=eve)).status == 404
        assert (await door.get(page)).seen == missing.seen
    assert (await door.get(f"/annonces/{NOWHERE}")).seen == missing.seen


@pytest.mark.parametrize("column", ["deleted_at", "suspended_at"])
async def test_a_page_tells_strangers_nothing_of_what_is_private_and_whose_author_is_gone(
    door: Door, alice: Actor, column: str
) -> None:
    note, tent = await write_note(door, alice, "followers"), await publish_tent(door, alice, audience="territories")
    async with transaction(door.instance.pool) as conn:
        await conn.execute(f"UPDATE actor SET {column} = now() WHERE id = $1", alice.id)

    missing = await door.get(f"/annonces/{NOWHERE}")

    for page in (*list_pages(door, note)[1:], *list_pages(door, tent.post)):
        assert (await door.get(page)).seen == missing.seen


async def test_a_page_of_what_was_withdrawn_answers_with_the_tombstone_of_the_id(door: Door, alice: Actor) -> None:
    listing = await publish_tent(door, alice)
    async with transaction(door.instance.pool) as conn:
        await withdraw(conn, door.instance.site, alice, listing.uri)

    for page in list_pages(door, listing.post):
        answer = await door.get(page)
        assert (answer.status, answer.json["type"], answer.json["id"]) == (410, "Tombstone", listing.uri)


async def test_a_page_asks_for_a_signature_in_secure_mode_as_the_id_does(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice)
    door.secure()

    refused = await door.get(listing.post.url)

    assert refused.status == 401 and refused.headers["Accept-Signature"]
    assert (await door.get(listing.post.url, reader=bob)).json["id"] == listing.uri
    assert (await get_as_after_a_redirect(door, listing.post.url, bob)).status == 401


async def test_a_copy_leads_servers_to_where_it_is(door: Door, bob: Person) -> None:
    actor = await door.meet(bob)

    answer = await door.get(f"/@{actor.username}@{actor.host}")

    assert (answer.status, answer.headers["Location"]) == (302, bob.uri)


async def test_a_signature_made_for_another_address_counts_as_none(door: Door, alice: Actor, bob: Person) -> None:
    listing = await publish_tent(door, alice)

    for uri in (listing.uri, listing.post.url, alice.uri, f"{alice.uri}/outbox", f"{listing.uri}/replies"):
        answer = await get_as_after_a_redirect(door, uri, bob)
        assert (answer.status, answer.json["id"]) in {(200, uri), (200, listing.uri)}
    signed = await get_as_after_a_redirect(door, listing.uri, bob)
    assert signed.headers["Cache-Control"] == "private, no-store"


async def test_whoever_asks_for_what_is_private_is_told_that_the_signature_did_not_count(
    door: Door, alice: Actor, bob: Person
) -> None:
    await door.befriend(bob, alice)
    note = await write_note(door, alice, "followers")
    missing = f"{alice.uri}/notes/{NOWHERE}"

    answers = [await get_as_after_a_redirect(door, uri, bob) for uri in (note.uri, note.url, missing)]

    assert [answer.status for answer in answers] == [401, 401, 401]
    assert answers[0].seen == answers[1].seen == answers[2].seen
    assert answers[0].headers["Accept-Signature"]


async def test_a_key_that_cannot_be_had_for_now_hides_nothing_public(door: Door, alice: Actor, bob: Person) -> None:
    listing, note = await publish_tent(door, alice), await write_note(door, alice, "followers")
    door.fediverse.documents.pop(bob.uri)

    assert (await door.get(listing.uri, reader=bob)).status == 200
    assert (await door.get(note.uri, reader=bob)).status in {401, 503}
