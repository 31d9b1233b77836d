"""A database for a moment, on a server that others use: made, lent and dropped, whatever happens in between."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import asyncpg

PREFIX = "declic_verify_"

FAILURES = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""A server that does not answer, or does not let us."""


async def may_create(url: str) -> bool:
    """Whether this account may make databases on this server; False also when the server does not answer."""
    try:
        conn = await asyncpg.connect(url, timeout=10)
    except FAILURES:
        return False
    try:
        return bool(await conn.fetchval("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"))
    finally:
        await conn.close()


@asynccontextmanager
async def scratch_database(url: str) -> AsyncIterator[str | None]:
    """The URL of a new empty database on the server of `url`; those that killed processes left go too.

    None where it cannot be reached that way: a pooler before the server knows only the databases that it was told of.
    """
    parts = urlsplit(url)
    name = PREFIX + secrets.token_hex(4)
    made = f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")
    await _drop_unused(url)
    await _run(url, "SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING ''UTF8''', $1::text)", name)
    try:
        holding = await _try_to_reach(made)  # says to others that it is in use
        try:
            yield made if holding else None
        finally:
            if holding:
                with suppress(*FAILURES):
                    await holding.close()
    finally:
        await _run(url, "SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', $1::text)", name)


async def _try_to_reach(url: str) -> asyncpg.Connection | None:
    try:
        return await asyncpg.connect(url, timeout=10)
    except FAILURES:
        return None


async def _drop_unused(url: str) -> None:
    conn = await asyncpg.connect(url)
    try:
        left = await conn.fetch(
            """
            SELECT datname FROM pg_database
            WHERE starts_with(datname, $1) AND pg_has_role(datdba, 'USAGE')
                AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE pg_stat_activity.datname = pg_database.datname)
            """,
            PREFIX,
        )
        for row in left:
            await conn.execute(await conn.fetchval("SELECT format('DROP DATABASE IF EXISTS %I', $1::text)", row[0]))
    finally:
        await conn.close()


async def _run(url: str, statement: str, name: str) -> None:
    """What `statement` makes of the name: databases are made and dropped outside any transaction."""
    conn = await asyncpg.connect(url)
    try:
        await conn.execute(await conn.fetchval(statement, name))
    finally:
        await conn.close()
