"""Poolers between us and PostgreSQL: one that keeps a session together does, one that does not is refused at the start.

PgBouncer with `pool_mode = transaction` hands each transaction to another server connection. Locks that a migration
holds would stay behind on one of them, prepared statements would be looked for on the wrong one, and nobody would hear
what is announced.
"""

from collections.abc import Awaitable, Callable

import asyncpg

from models.errors import DeclicError


class SessionsTornApart(DeclicError):
    """The database is behind a pooler that does not keep sessions together."""


async def require_session(conn: asyncpg.Connection, connect: Callable[[], Awaitable[asyncpg.Connection]]) -> None:
    """Raise SessionsTornApart when what `conn` says next may reach another session of PostgreSQL.

    `connect` opens a second connection like it, and is asked only when there is a pooler: one cannot know by which
    number PostgreSQL calls its own process, and names another one as it connects.
    """
    first = await _read_process(conn)
    if first == conn.get_server_pid():
        return
    other = await connect()
    try:
        async with other.transaction():
            torn = await _read_process(other) == first or await _read_process(conn) != first
    finally:
        await other.close()
    if torn:
        raise SessionsTornApart(
            "DECLIC_DATABASE_URL leads to a pooler that gives each transaction another connection: set "
            "pool_mode = session for this database, or let DECLIC_DATABASE_URL name PostgreSQL itself."
        )


async def _read_process(conn: asyncpg.Connection) -> int:
    """Which process of PostgreSQL answers. The statement has no name: another client's might have the same there."""
    async with conn.transaction():
        statement = await conn.prepare("SELECT pg_backend_pid()", name="")
        return int(await statement.fetchval())
