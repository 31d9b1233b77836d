"""A database that the tests of this folder use one after another."""

from collections.abc import AsyncIterator

import pytest

from models.store.database import Pool
from tests.warm_databases import WarmDatabase, WarmDatabases


@pytest.fixture(scope="session")
async def warm_databases(postgres_url: str, template: str) -> AsyncIterator[WarmDatabases]:
    """Where it waits for the next test."""
    warm_databases = WarmDatabases(server=postgres_url, template=template)
    yield warm_databases
    await warm_databases.close()


@pytest.fixture
async def lent(warm_databases: WarmDatabases) -> AsyncIterator[WarmDatabase]:
    """An empty database."""
    async with warm_databases.lend() as lent:
        yield lent


@pytest.fixture
def pool(lent: WarmDatabase) -> Pool:
    """A pool on it, whose connections are warm."""
    return lent.pool


@pytest.fixture
def database_url(lent: WarmDatabase) -> str:
    """Its address, for connections of one's own."""
    return lent.url
