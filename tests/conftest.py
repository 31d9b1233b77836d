"""Fixtures for all tests: a real PostgreSQL, migrated once, copied for each test that commits."""

import asyncio
import os
import secrets
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from models.database import Connection, Pool, open_pool, prepare_connection
from models.migrate import migrate
from models.postgres import embedded


def with_database(server: str, name: str) -> str:
    base, _, query = server.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


@pytest.fixture(scope="session")
async def postgres_url() -> AsyncIterator[str]:
    """A PostgreSQL server: the one named by DECLIC_TEST_DATABASE_URL, else the embedded one, for this run alone."""
    url = os.environ.get("DECLIC_TEST_DATABASE_URL")
    if url is not None:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="declic-tests-") as folder:
        async with embedded(Path(folder) / "data") as own:
            yield own.replace("/declic?", "/postgres?", 1)


@pytest.fixture(scope="session")
async def template(postgres_url: str) -> AsyncIterator[str]:
    """The name of a migrated database that tests copy."""
    name = f"declic_test_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(postgres_url)
    await admin.execute(f"CREATE DATABASE {name}")
    url = with_database(postgres_url, name)
    await migrate(url)
    yield name
    await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture(scope="session")
async def shared_database(postgres_url: str, template: str) -> AsyncIterator[asyncpg.Connection]:
    """One connection for all tests that roll back."""
    admin = await asyncpg.connect(postgres_url)
    name = f"{template}_shared"
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    conn = await asyncpg.connect(with_database(postgres_url, name))
    await prepare_connection(conn)
    yield conn
    await conn.close()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def conn(shared_database: asyncpg.Connection) -> AsyncIterator[Connection]:
    """A connection in a transaction that is rolled back after the test."""
    transaction = shared_database.transaction()
    await transaction.start()
    yield shared_database
    await transaction.rollback()


@pytest.fixture
async def database_url(postgres_url: str, template: str) -> AsyncIterator[str]:
    """A fresh migrated database of its own."""
    name = f"{template}_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(postgres_url)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield with_database(postgres_url, name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """A pool on a fresh migrated database."""
    pool = await open_pool(database_url, size=10)
    yield pool
    await asyncio.wait_for(pool.close(), 10)
