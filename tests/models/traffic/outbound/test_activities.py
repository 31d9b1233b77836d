"""Our activities, found again."""

from models.store.database import Connection, execute
from models.traffic.outbound import activities
from tests.factories import make_activity, make_member, make_note


async def test_the_outbox_has_public_creations_whose_objects_stand(conn: Connection) -> None:
    alice = await make_member(conn)
    note, taken_back = await make_note(conn, alice), await make_note(conn, alice)
    kept = await make_activity(conn, alice, object_uri=note.uri)
    await make_activity(conn, alice, object_uri=taken_back.uri)
    await make_activity(conn, alice, public=False)
    await make_activity(conn, alice, type="Update", object_uri=note.uri)
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", taken_back.id)

    found = await activities.list_outbox(conn, alice.id, before=None, limit=10)

    assert [one.id for one in found] == [kept]
    assert await activities.count_outbox(conn, alice.id) == 1
    newest = await activities.find_latest(conn, actor_id=alice.id, type="Create", object_uri=note.uri)
    assert newest is not None and newest.id == kept
