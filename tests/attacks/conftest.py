"""One ground for each module of attacks, and their figures at the end of the run."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

import asyncpg
import pytest

from tests.attacks.ground import Ground, open_ground
from tests.attacks.judge import FIGURES
from tests.conftest import copy_database, with_database


@asynccontextmanager
async def open_database(postgres_url: str, template: str) -> AsyncIterator[str]:
    """A fresh migrated database."""
    admin, name = await asyncpg.connect(postgres_url), f"{template}_{secrets.token_hex(4)}"
    await copy_database(admin, template, name)
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
