"""Time that goes by at once in the queues of a server, so that no test waits for it."""

from models.store.database import Connection


async def pass_seconds(conn: Connection, seconds: int) -> None:
    """As if so many had gone by for what is claimed and what is to be tried again."""
    for table in ("delivery", "received"):
        await conn.execute(
            f"""
            UPDATE {table} SET claimed_until = claimed_until - make_interval(secs => $1),
                due_at = due_at - make_interval(secs => $1)
            WHERE state = 'waiting'
            """,
            seconds,
        )
