"""What is kept of a post that quotes another."""

from models import posts
from models.posts.quotes import quotes
from models.store.database import Connection
from tests.factories import make_member, make_note, make_remote_actor


async def test_a_quote_knows_the_post_that_it_quotes_as_long_as_that_stands(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    standing, deleted = await make_note(conn, alice), await make_note(conn, alice)
    await posts.delete(conn, deleted.id)

    found = [
        await quotes.save(conn, await make_note(conn, bob), uri)
        for uri in (standing.uri, deleted.uri, "https://henin.test/notes/unknown")
    ]

    assert [(quote.quoted_id, quote.state) for quote in found] == [
        (standing.id, "pending"),
        (None, "pending"),
        (None, "pending"),
    ]


async def test_a_no_is_looked_at_again_where_a_stamp_comes_and_a_yes_stays(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    quoted, quoting = await make_note(conn, alice), await make_note(conn, bob)
    await quotes.save(conn, quoting, quoted.uri)
    found = []

    for state, stamp in (("rejected", None), ("rejected", "https://x.test/1"), ("accepted", "https://x.test/2")):
        await conn.execute("UPDATE quote SET state = $1", state)
        saved = await quotes.save(conn, quoting, quoted.uri, stamp)
        found.append((saved.state, saved.stamp_uri))

    assert found == [("rejected", None), ("pending", "https://x.test/1"), ("accepted", "https://x.test/1")]


async def test_another_thing_quoted_begins_anew(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    first, second, quoting = await make_note(conn, alice), await make_note(conn, alice), await make_note(conn, bob)
    await quotes.save(conn, quoting, first.uri, "https://x.test/1")
    await conn.execute("UPDATE quote SET state = 'accepted', request_uri = 'https://x.test/request'")

    same = await quotes.save(conn, quoting, first.uri)
    other = await quotes.save(conn, quoting, second.uri, "https://x.test/2")

    assert (same.state, same.request_uri) == ("accepted", "https://x.test/request")
    assert (other.state, other.quoted_id, other.stamp_uri) == ("pending", second.id, "https://x.test/2")
    assert other.request_uri is None
