"""One question for a post that came."""

from models.store.database import Connection
from models.traffic.inbound import incoming_context
from models.traffic.inbound.incoming_context import ContextQuery
from tests.factories import make_follow, make_member, make_note, make_remote_actor
from tests.models.marks import mark_deleted, mark_gone


async def test_what_has_to_be_known_of_a_post_is_known_in_one_question(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, alice, bob)
    parent = await make_note(conn, alice)
    question = ContextQuery(
        uri="https://henin.test/1",
        author_id=bob.id,
        author_uri=bob.uri,
        author_host=bob.host,
        in_reply_to=parent.uri,
        people=[alice.uri, bob.uri, "https://nobody.test/"],
    )

    arrival = await incoming_context.load_context(conn, question)

    assert (arrival.gone, arrival.followed, arrival.parent_author_id) == (False, True, alice.id)
    assert arrival.known == {alice.uri: alice.id, bob.uri: bob.id}
    assert arrival.local_ids == [alice.id]


async def test_who_is_gone_and_what_was_taken_back_are_not_known(conn: Connection) -> None:
    alice, bob, eve = await make_member(conn), await make_remote_actor(conn), await make_remote_actor(conn, "eve")
    parent = await make_note(conn, alice)
    question = ContextQuery(
        uri="https://henin.test/1",
        author_id=bob.id,
        author_uri=bob.uri,
        author_host=bob.host,
        in_reply_to=parent.uri,
        people=[alice.uri, eve.uri],
    )
    await mark_deleted(conn, parent)
    await mark_gone(conn, eve)

    found = await incoming_context.load_context(conn, question)

    assert (found.parent_id, found.parent_author_id, found.parent_local) == (None, None, False)
    assert found.known == {alice.uri: alice.id}
