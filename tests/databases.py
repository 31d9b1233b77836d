"""Databases on the server that a run of tests uses: copies of one that was migrated once."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

LONGEST_NAME = 63
"""Bytes of a name that PostgreSQL keeps."""


def with_database(server: str, name: str) -> str:
    """The address of this database of the server."""
    base, _, query = server.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


async def copy_database(admin: asyncpg.Connection, template: str, name: str) -> None:
    """Make a database from a template that nobody is connected to."""
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")


@asynccontextmanager
async def copied_database(server: str, template: str) -> AsyncIterator[str]:
    """The address of a copy of this database, which is there until the end of the block."""
    ending = f"_{secrets.token_hex(4)}"
    name = template[: LONGEST_NAME - len(ending)] + ending
    admin = await asyncpg.connect(server)
    await copy_database(admin, template, name)
    try:
        yield with_database(server, name)
    finally:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


@asynccontextmanager
async def closed_for_writing(pool: asyncpg.Pool) -> AsyncIterator[None]:
    """The database of this pool lets itself be read, and takes nothing, as one that follows another: until the end."""
    async with pool.acquire() as conn:
        name = await conn.fetchval("SELECT current_database()")
        await conn.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await pool.expire_connections()
    try:
        yield
    finally:
        async with pool.acquire() as conn:
            await conn.execute("SET default_transaction_read_only = off")
            await conn.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        await pool.expire_connections()
