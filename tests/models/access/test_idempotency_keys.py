"""The same key, the same post."""

from models import posts
from models.access import idempotency_keys
from models.access.idempotency_keys import RequestResult
from models.posts import provenance
from models.posts.provenance import App
from models.store.database import Connection, execute
from tests.factories import make_listing, make_member, make_note, make_remote_actor


async def test_a_key_is_claimed_once_and_then_tells_its_post(conn: Connection) -> None:
    alice = await make_member(conn)
    note = await make_note(conn, alice)

    first = await idempotency_keys.claim(conn, alice.id, "k")
    await idempotency_keys.settle(conn, alice.id, "k", RequestResult(post_id=note.id))
    second = await idempotency_keys.claim(conn, alice.id, "k")

    assert (first, second) == (None, RequestResult(post_id=note.id))


async def test_keys_of_others_and_old_keys_are_free(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_member(conn, "bob")
    note = await make_note(conn, alice)
    await idempotency_keys.claim(conn, alice.id, "k")
    await idempotency_keys.settle(conn, alice.id, "k", RequestResult(post_id=note.id))

    others = await idempotency_keys.claim(conn, bob.id, "k")
    await execute(conn, "UPDATE idempotency SET created_at = now() - interval '25 hours'")
    old = await idempotency_keys.claim(conn, alice.id, "k")

    assert (others, old) == (None, None)


async def test_a_very_long_key_counts_by_its_beginning(conn: Connection) -> None:
    alice = await make_member(conn)
    note = await make_note(conn, alice)

    await idempotency_keys.claim(conn, alice.id, "x" * 5000)
    await idempotency_keys.settle(conn, alice.id, "x" * 5000, RequestResult(post_id=note.id))

    assert await idempotency_keys.claim(conn, alice.id, "x" * 5000) == RequestResult(post_id=note.id)


async def test_a_post_tells_whom_it_answers_and_which_client_wrote_it(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    listing = await make_listing(conn, bob)
    reply = await make_note(conn, alice, in_reply_to_uri=listing.uri)

    await provenance.save_application(conn, reply.id, App(name="Tusky" * 40, website="https://tusky.app"))

    parts = await posts.map_parts(conn, [reply.id, listing.id], None)
    found = {id: one.provenance for id, one in parts.items()}
    assert (found[reply.id].answered_id, len(found[reply.id].application or "")) == (bob.id, 100)
    assert (found[listing.id].answered_id, found[listing.id].application) == (None, None)
