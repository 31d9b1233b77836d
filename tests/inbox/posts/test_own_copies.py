"""What a member published in the time that was lost comes back where she signed it; else she is asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.proofs import add_proof
from federation.signatures import Signer
from inbox.posts import own_posts
from inbox.posts.own_copies import take_back
from models import posts
from models.errors import NotFound
from models.listings import listings
from models.listings.listings import ListingDraft
from models.people import actors, keys
from models.people.actors import Actor
from models.people.keys import KeyPair
from models.posts import Post
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic import restorations, returned_posts
from outbox.listings import listings as outbox_listings
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.factories import HERE, make_local_actor, make_member, make_remote_actor

NOW = datetime.now(UTC)

KEY = Ed25519PrivateKey.generate()

SIGNER = Signer(key_id=f"{HERE.url}/users/alice#ed25519-key", private_key=KEY)

HENIN = "henin.test"


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """Alice, with her key of before; since twenty hours everything is lost, and henin.test was known before."""
    await make_local_actor(conn, "coop", type="Organization")
    alice = await make_member(conn, "alice")
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    pair = KeyPair(algorithm="ed25519", public_pem=public.decode(), private_pem=b"")
    await keys.save_key_pair(conn, alice.id, SIGNER.key_id, pair)
    await make_remote_actor(conn, "bob", HENIN)
    await execute(conn, "UPDATE actor SET created_at = $1 WHERE host = $2", NOW - timedelta(days=9), HENIN)
    await execute(conn, "INSERT INTO restoration (lost_from) VALUES ($1)", NOW - timedelta(hours=20))
    return alice


async def say(conn: Connection, text: str = "Qui a une échelle ?", **changes: Any) -> Post:
    """Alice publishes a note."""
    alice = await actors.get_local(conn, "alice")
    return await notes.publish(conn, HERE, alice, NoteDraft(**({"text": text, "audience": "network"} | changes)))

    return await actors.get_local(conn, "alice")


async def lose(conn: Connection, *, at: datetime = NOW, signer: Signer = SIGNER) -> list[dict[str, Any]]:
    """What was said so far as others have it, and here no more."""
    bodies = await fetch_column(conn, "SELECT body FROM activity ORDER BY id")
    await execute(conn, "DELETE FROM activity")
    await execute(conn, "DELETE FROM post")
    return [add_proof(orjson.loads(body), signer, at) for body in bodies]


async def give_back(conn: Connection, document: dict[str, Any], host: str = HENIN) -> None:
    found = await restorations.find_latest(conn)
    assert found is not None
    await take_back(conn, HERE, host, document, found)


async def list_proposed(conn: Connection, author: Actor) -> list[str]:
    return [one.post_uri for one in await returned_posts.list_of_author(conn, author.id, limit=9) if one.document]


async def test_what_she_signed_stands_again_under_its_id_once_and_she_is_told(conn: Connection, alice: Actor) -> None:
    note = await say(conn)
    draft = ListingDraft(kind="offer", mode="loan", title="Perceuse", text="Presque neuve.")
    listing = await outbox_listings.publish(conn, HERE, alice, draft)
    said = await lose(conn)

    for document in (*said, *said):
        await give_back(conn, document)
        await give_back(conn, document, "lille.test")

    back, sold = await posts.find_by_uri(conn, note.uri), await listings.find_by_listing_uri(conn, listing.uri)
    assert back is not None and sold is not None
    assert (back.local, back.content, back.source, back.url) == (True, note.content, note.source, note.url)
    assert (back.to_uris, back.cc_uris, back.context_uri) == (note.to_uris, note.cc_uris, note.context_uri)
    assert abs(back.published_at - note.published_at) < timedelta(milliseconds=1)
    assert (replace(sold.details, category=None), sold.post.content) == (listing.details, listing.post.content)
    kept = await fetch_column(conn, "SELECT body FROM activity WHERE public ORDER BY id")
    assert [add_proof(orjson.loads(body), SIGNER, NOW) for body in kept] == said
    assert await fetch_value(conn, "SELECT count(*) FROM notification WHERE type = 'posts_returned'") == 1
    assert await fetch_value(conn, "SELECT count(*) FROM delivery") == 0
    assert await list_proposed(conn, alice) == []


@pytest.mark.parametrize("wrong", ["words", "key", "moment", "none"])
async def test_what_proves_nothing_waits_for_her_word(conn: Connection, alice: Actor, wrong: str) -> None:
    note = await say(conn)
    other = Signer(key_id=SIGNER.key_id, private_key=Ed25519PrivateKey.generate())
    long_ago = NOW - timedelta(days=2)
    [said] = await lose(conn, at=long_ago if wrong == "moment" else NOW, signer=other if wrong == "key" else SIGNER)
    if wrong == "words":
        said["object"]["content"] = "<p>Tout est à vendre.</p>"

    await give_back(conn, said["object"] if wrong == "none" else said)

    assert await posts.find_by_uri(conn, note.uri) is None
    assert await list_proposed(conn, alice) == [note.uri]


async def test_she_puts_it_back_or_leaves_it_and_nobody_else_does(conn: Connection, alice: Actor) -> None:
    first, second = await say(conn, "Une"), await say(conn, "Deux")
    for said in await lose(conn):
        await give_back(conn, said["object"])
    carol = await make_remote_actor(conn, "carol", "lille.test")
    for act in (own_posts.confirm, own_posts.refuse):
        with pytest.raises(NotFound):
            await act(conn, carol, first.uri)

    await own_posts.confirm(conn, alice, first.uri)
    await own_posts.refuse(conn, alice, second.uri)

    back = await posts.find_by_uri(conn, first.uri)
    assert back is not None and (back.local, back.content) == (True, first.content)
    assert await posts.find_by_uri(conn, second.uri) is None
    for act in (own_posts.confirm, own_posts.refuse):
        for post in (first, second):
            with pytest.raises(NotFound):
                await act(conn, alice, post.uri)


async def test_what_is_not_for_everybody_never_comes_by_others(conn: Connection, alice: Actor) -> None:
    note = await say(conn)
    [said] = await lose(conn)
    for part in (said, said["object"]):
        part["to"], part["cc"] = [f"{HERE.url}/users/alice/followers"], []
    del said["proof"]

    await give_back(conn, add_proof(said, SIGNER, NOW))
    await give_back(conn, said["object"])

    assert await posts.find_by_uri(conn, note.uri) is None
    assert await list_proposed(conn, alice) == []


async def test_what_she_deleted_stays_deleted_in_whichever_order_it_comes(conn: Connection, alice: Actor) -> None:
    first, second = await say(conn, "Une"), await say(conn, "Deux")
    creates = await fetch_column(conn, "SELECT body FROM activity ORDER BY id")
    create_first, create_second = (add_proof(orjson.loads(body), SIGNER, NOW) for body in creates)
    await notes.delete(conn, HERE, alice, first)
    await notes.delete(conn, HERE, alice, second)
    _, _, delete_first, delete_second = await lose(conn)

    for document in (create_first, delete_first, delete_second, create_second):
        await give_back(conn, document)

    gone = await posts.find_by_uri(conn, first.uri)
    assert gone is not None and gone.deleted_at is not None
    assert await posts.find_by_uri(conn, second.uri) is None
    assert await list_proposed(conn, alice) == []


async def test_what_the_backup_has_is_as_she_changed_or_closed_it_since(conn: Connection, alice: Actor) -> None:
    listing = await outbox_listings.publish(conn, HERE, alice, ListingDraft(kind="offer", mode="gift", title="Vélo"))
    before = listing.post.updated_at
    await outbox_listings.close(conn, HERE, alice, listing.uri, "done")
    closing = await fetch_value(conn, "SELECT body FROM activity WHERE type = 'Update' ORDER BY id DESC LIMIT 1")
    await execute(conn, "DELETE FROM activity WHERE type = 'Update'")
    await execute(conn, "UPDATE post SET updated_at = $2 WHERE id = $1", listing.id, before)
    await execute(conn, "UPDATE listing SET status = 'open', closed_reason = NULL WHERE post_id = $1", listing.id)

    await give_back(conn, add_proof(orjson.loads(closing), SIGNER, NOW))

    found = await listings.find_by_listing_uri(conn, listing.uri)
    assert found is not None and (found.details.status, found.post.local) == ("fulfilled", True)


async def test_the_name_of_an_author_whom_nobody_knows_is_kept(conn: Connection, alice: Actor) -> None:
    await say(conn)
    [said] = await lose(conn)
    lost = orjson.loads(orjson.dumps(said).replace(b"/users/alice", b"/users/dora"))

    await give_back(conn, lost)

    assert await fetch_column(conn, "SELECT username FROM used_username WHERE told_by = $1", HENIN) == ["dora"]
    assert await fetch_value(conn, "SELECT count(*) FROM returned_post") == 0
