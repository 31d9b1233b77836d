"""A database that the tests of this folder use one after another."""

from collections.abc import AsyncIterator

import pytest

from models.store.database import Pool
from tests.shelf import Kept, Shelf


@pytest.fixture(scope="session")
async def shelf(postgres_url: str, template: str) -> AsyncIterator[Shelf]:
    """Where it waits for the next test."""
    shelf = Shelf(server=postgres_url, template=template)
    yield shelf
    await shelf.close()


@pytest.fixture
async def lent(shelf: Shelf) -> AsyncIterator[Kept]:
    """An empty database."""
    async with shelf.lend() as lent:
        yield lent


@pytest.fixture
def pool(lent: Kept) -> Pool:
    """A pool on it, whose connections are warm."""
    return lent.pool


@pytest.fixture
def database_url(lent: Kept) -> str:
    """Its address, for connections of one's own."""
    return lent.url
