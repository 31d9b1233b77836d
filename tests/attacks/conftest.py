"""One ground for each module of attacks, and their figures at the end of the run."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

import asyncpg
import pytest

from models.places.communes import load_communes
from models.store.database import open_pool, transaction
from tests.attacks.ground import Ground, open_ground
from tests.attacks.judge import FIGURES
from tests.conftest import with_database


@pytest.fixture(scope="session")
async def furnished(postgres_url: str, template: str) -> AsyncIterator[str]:
    """The template with the communes in it, so that no server has to bring them again."""
    async with open_database(postgres_url, template) as url:
        pool = await open_pool(url, size=2)
        async with transaction(pool) as conn:
            await load_communes(conn)
        await pool.close()
        yield url.partition("?")[0].rpartition("/")[2]


@asynccontextmanager
async def open_database(postgres_url: str, template: str) -> AsyncIterator[str]:
    """A fresh migrated database."""
    admin, name = await asyncpg.connect(postgres_url), f"{template}_{secrets.token_hex(4)}"
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield with_database(postgres_url, name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture(scope="module")
async def ground(postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    """A running server and a peer."""
    folder = tmp_path_factory.mktemp("ground")
    async with open_database(postgres_url, furnished) as url, open_ground(url, folder) as opened:
        yield opened


@pytest.fixture(scope="module")
async def strict_ground(
    postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    """The same as it runs for people: without test federation, so that even loopback is out of reach."""
    folder = tmp_path_factory.mktemp("strict")
    async with open_database(postgres_url, furnished) as url, open_ground(url, folder, strict=True) as opened:
        yield opened


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where several processes share the run, each hands what it measured to the one that prints."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["attacks"] = asdict(FIGURES)
