"""Time that goes by at once in the queues of a server, so that no test waits for it."""

from models.store.database import Connection


async def pass_seconds(conn: Connection, seconds: int) -> None:
    """As if so many had gone by for what is claimed and what is to be tried again.

    One row after the other, each by itself: who holds one row and waits for no other deadlocks with no worker,
    whatever the order in which that takes its own.
    """
    assert not conn.is_in_transaction(), "rows would be held until it ends"
    for table in ("delivery", "received"):
        for row in await conn.fetch(f"SELECT id FROM {table} WHERE state = 'waiting' ORDER BY id"):
            await conn.execute(
                f"""
                UPDATE {table} SET claimed_until = claimed_until - make_interval(secs => $1),
                    due_at = due_at - make_interval(secs => $1)
                WHERE id = $2 AND state = 'waiting'
                """,
                seconds,
                row["id"],
            )
