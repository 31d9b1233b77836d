"""Whom a text names."""

import pytest

from models.store.database import Connection
from outbox.posts.mentions import find_handles, find_mentioned
from tests.factories import HERE, make_local_actor, make_member, make_remote_actor


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("Merci @bob@henin.test.", ["bob@henin.test"]),
        ("@anna, @anna et @anna", ["anna"]),
        ("sur https://henin.test/@bob", []),
        ("écris à bob@henin.test", []),
        ("@u1@127.2.3.1:9180 ?", ["u1@127.2.3.1:9180"]),
        ("rien", []),
    ],
)
def test_handles_are_found_as_typed(text: str, handles: list[str]) -> None:
    assert find_handles(text) == handles


async def test_only_people_who_are_known_here_are_named(conn: Connection) -> None:
    anna, bob = await make_member(conn, "anna"), await make_remote_actor(conn)
    await make_local_actor(conn, "instance", type="Application")

    found = await find_mentioned(conn, HERE, "@anna @Bob@HENIN.test @personne@nulle.test @instance")

    assert {handle: actor.id for handle, actor in found.items()} == {"anna": anna.id, "Bob@HENIN.test": bob.id}
