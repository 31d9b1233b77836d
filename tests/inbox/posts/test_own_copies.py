"""What a member published in the time that was lost comes back where she signed it, and only there."""

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.errors import Unsupported
from federation.proofs import add_proof
from federation.signatures import Signer
from models import posts
from models.listings import listings
from models.listings.listings import ListingDraft
from models.people.actors import Actor
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic.inbound.received import KEPT_BYTES
from outbox.listings import listings as outbox_listings
from outbox.posts import notes
from tests.factories import HERE
from tests.inbox.posts.lost_time import (
    HENIN,
    NOW,
    SIGNER,
    give_back,
    is_shown,
    list_said,
    lose,
    make_alice,
    say,
    without_proof,
)


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """Alice, of whom everything is lost since twenty hours."""
    return await make_alice(conn)


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
    assert [orjson.loads(body) for body in kept] == [without_proof(one) for one in said]
    assert await fetch_value(conn, "SELECT count(*) FROM notification WHERE type = 'posts_returned'") == 1
    assert await fetch_value(conn, "SELECT count(*) FROM delivery") == 0


@pytest.mark.parametrize("wrong", ["words", "key", "moment", "none", "object"])
async def test_what_proves_nothing_never_comes_back(conn: Connection, alice: Actor, wrong: str) -> None:
    note = await say(conn)
    other = Signer(key_id=SIGNER.key_id, private_key=Ed25519PrivateKey.generate())
    long_ago = NOW - timedelta(days=2)
    [said] = await lose(conn, at=long_ago if wrong == "moment" else None, signer=other if wrong == "key" else SIGNER)
    if wrong == "words":
        said["object"]["content"] = "<p>Tout est à vendre.</p>"
    if wrong == "none":
        del said["proof"]

    if wrong == "object":
        with pytest.raises(Unsupported):
            await give_back(conn, said["object"])
    else:
        await give_back(conn, said)

    assert await posts.find_by_uri(conn, note.uri) is None
    assert await fetch_value(conn, "SELECT count(*) FROM activity") == 0


async def test_only_what_she_signed_is_kept_again_and_signed_anew(conn: Connection, alice: Actor) -> None:
    await say(conn)
    [said] = await lose(conn)
    more = said | {"@context": [*said["@context"], "https://henin.test/more"], "signature": {"type": "x" * 90}}

    await give_back(conn, more)

    assert [orjson.loads(body) for body in await fetch_column(conn, "SELECT body FROM activity")] == [
        without_proof(said)
    ]


async def test_what_is_larger_than_others_keep_is_not_read(conn: Connection, alice: Actor) -> None:
    note = await say(conn)
    [said] = await lose(conn)

    with pytest.raises(Unsupported):
        await give_back(conn, said | {"signature": {"type": "x" * KEPT_BYTES}})

    assert await posts.find_by_uri(conn, note.uri) is None


async def test_what_is_not_for_everybody_never_comes_by_others(conn: Connection, alice: Actor) -> None:
    note = await say(conn)
    [said] = await lose(conn)
    for part in (said, said["object"]):
        part["to"], part["cc"] = [f"{HERE.url}/users/alice/followers"], []
    del said["proof"]

    await give_back(conn, add_proof(said, SIGNER, NOW))

    assert await posts.find_by_uri(conn, note.uri) is None


async def test_what_she_deleted_stays_deleted_in_whichever_order_it_comes(conn: Connection, alice: Actor) -> None:
    first, second = await say(conn, "Une"), await say(conn, "Deux")
    create_first, create_second = await list_said(conn)
    await notes.delete(conn, HERE, alice, first)
    await notes.delete(conn, HERE, alice, second)
    _, _, delete_first, delete_second = await lose(conn)

    for document in (create_first, delete_first, delete_second, create_second):
        await give_back(conn, document)

    gone = await posts.find_by_uri(conn, first.uri)
    assert gone is not None and gone.deleted_at is not None
    assert await posts.find_by_uri(conn, second.uri) is None


async def test_what_is_used_since_is_not_deleted_by_a_word_of_before(conn: Connection, alice: Actor) -> None:
    note = await say(conn)
    [create] = await list_said(conn)
    await notes.delete(conn, HERE, alice, note)
    _, delete = await lose(conn)
    await give_back(conn, create)
    await execute(conn, "UPDATE restoration SET restored_at = now() - interval '1 minute'")
    await execute(conn, "UPDATE post SET updated_at = now()")

    await give_back(conn, delete)

    assert await is_shown(conn, note.uri)


async def test_a_listing_that_was_promised_is_free_since_the_promise_was_lost(conn: Connection, alice: Actor) -> None:
    listing = await outbox_listings.publish(conn, HERE, alice, ListingDraft(kind="offer", mode="gift", title="Vélo"))
    held = await outbox_listings.change(conn, HERE, alice, listing, replace(listing.details, status="reserved"))
    *_, update = await lose(conn)

    await give_back(conn, update)

    found = await listings.find_by_listing_uri(conn, listing.uri)
    assert held.details.status == "reserved" and found is not None and found.details.status == "open"


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
