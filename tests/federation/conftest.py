"""Fixtures for tests of the protocol: a server of ours in front of a fake fediverse."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from federation.http_client.transport import AiohttpTransport
from federation.instance import Instance
from models.settings import Settings
from models.store.database import Pool, connection, open_pool
from tests.databases import copy_database, with_database
from tests.factories import HERE
from tests.federation.loopback import Memory
from tests.fediverse import FakeFediverse

EMPTY = """
DELETE FROM actor;
DELETE FROM unused_file;
DELETE FROM server;
DELETE FROM failed_fetch;
DELETE FROM used_nonce;
DELETE FROM territory;
DELETE FROM figure_neighbour;
DELETE FROM territory_vouch
"""
"""What tests of the protocol write, in one message; the rest goes with the actors."""


@pytest.fixture(scope="session")
async def protocol_pool(postgres_url: str, template: str) -> AsyncIterator[Pool]:
    """One database for all tests of the protocol: they write few rows, and copying a database takes half a second."""
    name = f"{template}_protocol"
    admin = await asyncpg.connect(postgres_url)
    await copy_database(admin, template, name)
    pool = await open_pool(with_database(postgres_url, name), size=10)
    yield pool
    await pool.close()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
def fediverse() -> FakeFediverse:
    """Everybody else."""
    return FakeFediverse()


@pytest.fixture
async def instance(protocol_pool: Pool, fediverse: FakeFediverse, tmp_path: Path) -> AsyncIterator[Instance]:
    """Our server, with a database that is empty again after the test."""
    settings = Settings(url=HERE.url, data=tmp_path)
    instance = Instance(site=settings.site, settings=settings, pool=protocol_pool, transport=fediverse)
    own = (instance.pictures, instance.jsonld, instance.linked_data)  # a test may lend it one that others go on with
    yield instance
    for children in own:
        await children.close()
    async with connection(protocol_pool) as conn:
        await conn.execute(EMPTY)


@pytest.fixture
def memory() -> Memory:
    """How hosts want requests signed."""
    return Memory()


@pytest.fixture
async def transport(memory: Memory) -> AsyncIterator[AiohttpTransport]:
    """The real client, in test federation."""
    transport = AiohttpTransport(Settings(url=HERE.url, test_federation=True), schemes=memory)
    yield transport
    await transport.close()
