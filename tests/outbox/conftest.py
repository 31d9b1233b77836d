"""A database that the tests of this folder use one after another."""

from collections.abc import AsyncIterator

import pytest

from models.store.database import Pool
from tests.shelf import Shelf


@pytest.fixture(scope="session")
async def shelf(postgres_url: str, template: str) -> AsyncIterator[Shelf]:
    """The database that waits for the next test."""
    shelf = Shelf(server=postgres_url, template=template)
    yield shelf
    await shelf.close()


@pytest.fixture
async def pool(shelf: Shelf) -> AsyncIterator[Pool]:
    """An empty database."""
    async with shelf.lend() as lent:
        yield lent.pool
