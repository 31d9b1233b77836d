"""Add is for one's own pins."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.add import handle_add
from models.relations import pins
from models.store.database import Connection
from tests.database_queries import count_jobs
from tests.factories import HERE, make_note, make_remote_actor
from tests.inbox.handlers.activities import by

FEATURED = "https://henin.test/users/bob/featured"


async def test_ax19_a_post_of_ones_own_is_pinned_and_nothing_of_others(conn: Connection) -> None:
    bob = await make_remote_actor(conn, featured_uri=FEATURED)
    own, secret = await make_note(conn, bob), await make_note(conn, bob, audience="direct")
    carols = await make_note(conn, await make_remote_actor(conn, "carol"))

    for post in (own, own, secret, carols):
        await handle_add(conn, HERE, bob, by(bob, "Add", post.uri, target=FEATURED))

    assert await pins.list_pinned(conn, bob.id) == [own.id]
    for uri, target in ((own.uri, "https://evil.test/featured"), ("https://evil.test/1", FEATURED)):
        with pytest.raises(Ignored):
            await handle_add(conn, HERE, bob, by(bob, "Add", uri, target=target))


async def test_pins_of_others_are_bounded(conn: Connection) -> None:
    bob = await make_remote_actor(conn, featured_uri=FEATURED)
    notes = [await make_note(conn, bob) for _ in range(pins.MOST_KEPT + 5)]

    for note in notes:
        await handle_add(conn, HERE, bob, by(bob, "Add", note.uri, target=FEATURED))

    assert await pins.list_pinned(conn, bob.id) == [note.id for note in reversed(notes[5:])]


async def test_a_post_that_is_not_here_has_the_collection_read_once(conn: Connection) -> None:
    bob = await make_remote_actor(conn, featured_uri=FEATURED)

    for number in range(3):
        await handle_add(conn, HERE, bob, by(bob, "Add", f"https://henin.test/notes/{number}", target=FEATURED))

    assert await count_jobs(conn) == 1
