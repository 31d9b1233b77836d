"""Likes and shares, each once."""

from models.relations import reactions
from models.store.database import Connection
from tests.factories import make_member, make_note, make_remote_actor


async def test_a_like_and_a_share_count_once(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    note = await make_note(conn, alice)

    for save in (reactions.favourite, reactions.share):
        assert await save(conn, uri="https://henin.test/1", actor_id=bob.id, post_id=note.id) is not None
        assert await save(conn, uri="https://henin.test/2", actor_id=bob.id, post_id=note.id) is None


async def test_a_reaction_is_taken_back_by_its_id_and_its_owner_alone(conn: Connection) -> None:
    alice, bob, carl = await make_member(conn), await make_remote_actor(conn), await make_remote_actor(conn, "carl")
    note = await make_note(conn, alice)
    await reactions.favourite(conn, uri="https://henin.test/like", actor_id=bob.id, post_id=note.id)
    await reactions.share(conn, uri="https://henin.test/share", actor_id=bob.id, post_id=note.id)

    for uri in ("https://henin.test/like", "https://henin.test/share"):
        assert not await reactions.remove_by_uri(conn, uri, carl.id)
        assert await reactions.remove_by_uri(conn, uri, bob.id)
        assert not await reactions.remove_by_uri(conn, uri, bob.id)
