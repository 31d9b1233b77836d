"""A house with a backup, made once; tests that spoil something take copies."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.settings import Settings
from tests.databases import copied_database
from tests.web.server.backups.sample_instance import House, empty_database
from web.server.backups.making import BackupResult, make_backup


@pytest.fixture(scope="module")
async def house(postgres_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """An instance with two pictures of its own and one of another server."""
    async with copied_database(postgres_url, template) as url:
        data = tmp_path_factory.mktemp("house")
        house = House(settings=Settings(url="https://lomme.test", data=data, database_url=url))
        await house.fill()
        yield house


@pytest.fixture(scope="module")
async def made(house: House, tmp_path_factory: pytest.TempPathFactory) -> BackupResult:
    """A backup of it."""
    return await make_backup(house.settings, house.url, tmp_path_factory.mktemp("backups"))


@pytest.fixture
async def empty_url(postgres_url: str) -> AsyncIterator[str]:
    """A database without a single table."""
    async with empty_database(postgres_url) as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go."""
    return tmp_path / "backups"
