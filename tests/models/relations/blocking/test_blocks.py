"""Blocks."""

from models.relations import follows
from models.relations.blocking import blocks
from models.store.database import Connection
from tests.factories import make_follow, make_member, make_remote_actor


async def test_a_block_ends_what_both_follow_and_may_be_lifted_by_its_owner(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, alice, bob)
    await make_follow(conn, bob, alice)

    await blocks.save(conn, uri="https://lomme.test/b", actor_id=alice.id, target_id=bob.id)

    assert await follows.list_asked(conn, alice.id) == [] and await follows.list_asked(conn, bob.id) == []
    assert await blocks.between(conn, bob.id, alice.id)
    assert not await blocks.remove_by_uri(conn, "https://lomme.test/b", bob.id)
    assert await blocks.remove_by_uri(conn, "https://lomme.test/b", alice.id)
