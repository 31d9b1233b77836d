"""What tests of pages, of the API and of mails share: a warm database, templates, a browser, a tent at noon."""

import os
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from argon2 import PasswordHasher

from federation.sandbox.pictures import PicturePool
from models.store.database import Pool
from tests import sample_village
from tests.kept_rows import KeptRows
from tests.sample_village import Village
from tests.warm_databases import database_url, lent_database, pool
from tests.web.mail_scenario import Clock, Office, open_office
from tests.web.small_app import add_known_routes, prepare_templates
from web.security import passwords

if TYPE_CHECKING:
    from playwright.async_api import Browser


__all__ = ["database_url", "lent_database", "pool"]


@pytest.fixture(scope="session", autouse=True)
def few_templates() -> Iterator[None]:
    """Whole applications share their templates too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("web.server.app.load_templates", prepare_templates)
        yield


@pytest.fixture(scope="session", autouse=True)
def known_routes() -> Iterator[None]:
    """Applications share what their routes are made to as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web.Application, "add_routes", add_known_routes)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[PasswordHasher]:
    """A hash that is meant to take 150 ms takes one where it is not what is tested; gives the real one."""
    slow = passwords.HASHER
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield slow


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Note for /accessibilite what was looked at, where this run is for that."""
    if os.environ.get("DECLIC_WALK_NOTED"):
        record = import_module("tests.web.walk_record")  # with a browser's library, which few runs need
        stats = terminalreporter.stats
        passed = [one.nodeid for one in stats.get("passed", [])]
        failed = len(stats.get("failed", [])) + len(stats.get("error", []))
        terminalreporter.write_line(record.note_check(passed, failed=failed))


@pytest.fixture(scope="session")
def kept_village(tmp_path_factory: pytest.TempPathFactory) -> KeptRows[Village]:
    """The village at http://lomme.test: building it takes as long as several pages, putting it back as one."""
    return KeptRows(
        make=lambda conn, store: sample_village.build(conn, sample_village.SITE, store),
        folder=tmp_path_factory.mktemp("village"),
    )


@pytest.fixture(scope="session")
async def picture_pool() -> AsyncIterator[PicturePool]:
    """Children for pictures: starting one takes as long as ten pages, so that one test after another uses them."""
    pool = PicturePool()
    yield pool
    await pool.close()


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator["Browser"]:
    """One browser for all tests: each has contexts of its own in it, which share nothing."""
    async with import_module("tests.web.chromium").open_chromium() as browser:  # most runs need no Playwright
        yield browser


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """By which ids are made."""
    clock = Clock()
    monkeypatch.setattr("models.ids.time", clock)
    return clock


@pytest.fixture
async def office(pool: Pool, clock: Clock) -> AsyncIterator[Office]:
    """Everything that mails about the tent pass through."""
    async with open_office(pool) as office:
        yield office
