"""Remove is for one's own pins."""

import pytest

from inbox.errors import Ignored
from inbox.handlers.remove import handle_remove
from models.database import Connection
from tests.factories import HERE, make_note, make_remote_actor
from tests.inbox.handlers.activities import by


async def test_ax19_only_ones_own_collection_is_meant(conn: Connection) -> None:
    bob = await make_remote_actor(conn, featured_uri="https://henin.test/users/bob/featured")
    post = await make_note(conn, bob)

    await handle_remove(conn, HERE, bob, by(bob, "Remove", post.uri, target=bob.featured_uri))

    with pytest.raises(Ignored):
        await handle_remove(conn, HERE, bob, by(bob, "Remove", post.uri, target="https://evil.test/featured"))
