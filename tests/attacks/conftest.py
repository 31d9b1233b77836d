"""One ground for each module of attacks, and their figures at the end of the run."""

from collections.abc import AsyncIterator
from dataclasses import asdict

import pytest

from tests.attacks.ground import Ground, open_ground
from tests.attacks.judge import FIGURES
from tests.databases import copied_database


@pytest.fixture(scope="module")
async def ground(postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    """A running server and a peer."""
    folder = tmp_path_factory.mktemp("ground")
    async with copied_database(postgres_url, furnished) as url, open_ground(url, folder) as opened:
        yield opened


@pytest.fixture(scope="module")
async def strict_ground(
    postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    """The same as it runs for people: without test federation, so that even loopback is out of reach."""
    folder = tmp_path_factory.mktemp("strict")
    async with copied_database(postgres_url, furnished) as url, open_ground(url, folder, strict=True) as opened:
        yield opened


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where several processes share the run, each hands what it measured to the one that prints."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["attacks"] = asdict(FIGURES)
