"""What was deleted or undone before it came."""

from models.store.database import Connection, execute, fetch_value
from models.traffic import tombstones


async def test_a_deletion_is_remembered_for_whoever_said_it(conn: Connection) -> None:
    await tombstones.save_deleted(conn, "https://henin.test/1", "https://henin.test/users/bob")

    assert await tombstones.is_gone(conn, "https://henin.test/1", "https://henin.test/users/bob")
    assert not await tombstones.is_gone(conn, "https://henin.test/1", "https://henin.test/users/eve")


async def test_what_was_undone_is_forgotten_before_what_was_deleted(conn: Connection) -> None:
    await tombstones.save_deleted(conn, "https://henin.test/1", "https://henin.test/users/bob")
    await tombstones.save_undone(conn, "https://henin.test/2", "https://henin.test/users/bob")
    await execute(conn, "UPDATE tombstone SET forget_at = forget_at - interval '7 hours'")

    assert await tombstones.prune(conn) == 1
    assert await fetch_value(conn, "SELECT reason FROM tombstone") == "deleted"
