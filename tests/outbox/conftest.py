"""A database that the tests of this folder use one after another."""

from collections.abc import AsyncIterator

import pytest

from models.store.database import Pool
from tests.warm_databases import WarmDatabases


@pytest.fixture(scope="session")
async def warm_databases(postgres_url: str, template: str) -> AsyncIterator[WarmDatabases]:
    """The database that waits for the next test."""
    warm_databases = WarmDatabases(server=postgres_url, template=template)
    yield warm_databases
    await warm_databases.close()


@pytest.fixture
async def pool(warm_databases: WarmDatabases) -> AsyncIterator[Pool]:
    """An empty database."""
    async with warm_databases.lend() as lent:
        yield lent.pool
