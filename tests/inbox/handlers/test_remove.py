"""Remove is for one's own pins."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.remove import handle_remove
from models.relations import pins
from models.store.database import Connection
from tests.factories import HERE, make_note, make_remote_actor
from tests.inbox.handlers.activities import by

FEATURED = "https://henin.test/users/bob/featured"


async def test_ax19_a_post_of_ones_own_is_unpinned(conn: Connection) -> None:
    bob, carol = await make_remote_actor(conn, featured_uri=FEATURED), await make_remote_actor(conn, "carol")
    own, hers = await make_note(conn, bob), await make_note(conn, carol)
    await pins.pin(conn, bob.id, own.id)
    await pins.pin(conn, carol.id, hers.id)

    for uri in (own.uri, own.uri, hers.uri, "https://henin.test/notes/unknown"):
        await handle_remove(conn, HERE, bob, by(bob, "Remove", uri, target=FEATURED))

    assert await pins.list_pinned(conn, bob.id) == []
    assert await pins.list_pinned(conn, carol.id) == [hers.id]


async def test_ax19_only_ones_own_collection_is_meant(conn: Connection) -> None:
    bob = await make_remote_actor(conn, featured_uri=FEATURED)
    post = await make_note(conn, bob)

    with pytest.raises(Ignored):
        await handle_remove(conn, HERE, bob, by(bob, "Remove", post.uri, target="https://evil.test/featured"))
