"""What tests of mails share: a tent that somebody asks for, at noon."""

from collections.abc import AsyncIterator, Iterator

import pytest

from models.store.database import Pool
from tests.warm_databases import WarmDatabases
from tests.web.mail_scenario import Clock, Office, open_office
from tests.web.small_app import prepare_templates


@pytest.fixture(scope="session", autouse=True)
def few_templates() -> Iterator[None]:
    """Whole applications share their templates too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("web.server.app.load_templates", prepare_templates)
        yield


@pytest.fixture(scope="session")
async def warm_databases(postgres_url: str, template: str) -> AsyncIterator[WarmDatabases]:
    """The database that tests of pages and of the API use one after another."""
    warm_databases = WarmDatabases(server=postgres_url, template=template)
    yield warm_databases
    await warm_databases.close()


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
