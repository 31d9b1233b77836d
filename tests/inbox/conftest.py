"""Our server among others, for what comes in: real signatures, a real database, no network."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from federation.instance import Instance
from models.actors import Actor
from models.database import Pool, connection, execute, open_pool, transaction
from models.settings import Settings
from tests.conftest import copy_database, with_database
from tests.factories import HERE, make_member
from tests.fediverse import FakeFediverse, Person
from tests.inbox.desk import Desk


@pytest.fixture(scope="session")
async def kept_pool(postgres_url: str, template: str) -> AsyncIterator[Pool]:
    """A database for all tests of this folder: emptying it is quicker than copying one for each."""
    name = f"{template}_inbox"
    admin = await asyncpg.connect(postgres_url)
    await copy_database(admin, template, name)
    pool = await open_pool(with_database(postgres_url, name))
    async with connection(pool) as conn:  # movements of points cannot be removed, as the tests below do with all else
        await execute(conn, "ALTER TABLE points_movement DISABLE TRIGGER points_movement_kept")
        await execute(conn, "ALTER TABLE points_line DISABLE TRIGGER points_line_kept")
    yield pool
    await asyncio.wait_for(pool.close(), 10)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def pool(kept_pool: Pool) -> AsyncIterator[Pool]:
    """An empty database."""
    yield kept_pool
    async with transaction(kept_pool) as conn:
        await execute(conn, "SET LOCAL session_replication_role = replica")  # the ledger lets nobody remove anything
        await execute(
            conn,
            """
            TRUNCATE actor, received, activity, delivery, server, tombstone, failed_fetch, report, used_username, knock,
            preference, pgqueuer CASCADE
            """,
        )


@pytest.fixture
def fediverse() -> FakeFediverse:
    """Everybody else."""
    return FakeFediverse()


@pytest.fixture
def instance(pool: Pool, fediverse: FakeFediverse, tmp_path: Path) -> Instance:
    """Our server."""
    return Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=fediverse)


@pytest.fixture
def desk(instance: Instance, fediverse: FakeFediverse) -> Desk:
    """Where activities are handed in."""
    return Desk(instance=instance, fediverse=fediverse)


@pytest.fixture
async def bob(pool: Pool, fediverse: FakeFediverse) -> Person:
    """Bob, at henin.test, a server that is no stranger any more."""
    async with connection(pool) as conn:
        await execute(conn, "INSERT INTO server (host, first_seen_at) VALUES ('henin.test', now() - interval '8 days')")
    return fediverse.add_person()


@pytest.fixture
async def alice(pool: Pool) -> Actor:
    """Alice, a member here."""
    async with connection(pool) as conn:
        return await make_member(conn)
