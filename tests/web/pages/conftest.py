"""Pages as a browser asks for them: the village, its server, and somebody logged in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import lxml.html
import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from federation.instance import Instance
from federation.media_store import FolderStore
from federation.sandbox.pictures import PicturePool
from models.access import sessions
from models.people.actors import Actor
from models.settings import Settings
from models.store.database import Connection, Pool, transaction
from tests import sample_threads, sample_village
from tests.fediverse import FakeFediverse
from tests.kept_rows import KeptRows
from tests.sample_threads import SampleThreads
from tests.sample_village import Village
from tests.warm_databases import WarmDatabase
from tests.web.form_client import Doorbell, add_communes, add_member, tidy
from tests.web.small_app import prepare_templates
from web.http.app_keys import ASIDE, INSTANCE
from web.middlewares.answers import answer_middleware
from web.middlewares.errors import error_middleware
from web.middlewares.requests import add_headers, request_middleware
from web.pages.moderation import suspension
from web.pages.routes import ROUTES
from web.rendering.templating import TEMPLATES, Templates
from web.security.session import cookie_name, session_middleware

SITE = sample_village.SITE

LIGHTEST = "/accessibilite"
"""A page with a form in its frame, and nothing of its own to read in the database: the first page costs five times
as much."""

Client = TestClient[web.Request, web.Application]


read_tree = lru_cache(maxsize=4)(lxml.html.document_fromstring)
"""A test asks the same page one thing after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer that was read to its end."""

    status: int
    location: str
    headers: dict[str, str]
    text: str

    @property
    def html(self) -> lxml.html.HtmlElement:
        """The answer as a tree, to look at."""
        return read_tree(self.text)

    def words(self) -> str:
        """What is read on the page, spaces put in order."""
        main = self.html.find(".//main")
        assert main is not None
        return " ".join(main.text_content().replace("\u202f", " ").replace("\u00a0", " ").split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Somebody's browser: asks for pages and sends their forms as they stand."""

    client: Client

    async def get(self, path: str, *, language: str = "fr") -> Page:
        """A page."""
        headers = {"Accept": "text/html", "Accept-Language": language}
        return await self.read(await self.client.get(path, headers=headers, allow_redirects=False))

    async def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> Page:
        """Any request, as it is said."""
        headers = {"Accept": "text/html", "Accept-Language": "fr"}
        return await self.read(
            await self.client.request(method, path, data=data, headers=headers, allow_redirects=False)
        )

    async def send(self, path: str, fields: dict[str, str] | list[tuple[str, str]], *, form_on: str = LIGHTEST) -> Page:
        """A form sent to `path`, with the token that the page `form_on` holds."""
        token = (await self.get(form_on)).html.xpath("string(//input[@name='csrf_token']/@value)")
        pairs = list(fields.items()) if isinstance(fields, dict) else fields
        answer = await self.client.post(
            path,
            data=[("csrf_token", token), *pairs],
            headers={"Accept": "text/html", "Accept-Language": "fr"},
            allow_redirects=False,
        )
        return await self.read(answer)

    async def read(self, answer: Any) -> Page:
        """What came, of the test client or of aiohttp."""
        return Page(
            status=answer.status,
            location=answer.headers.get("Location", ""),
            headers=dict(answer.headers),
            text=tidy(await answer.text()),
        )


@pytest.fixture(scope="session")
def templates() -> Templates:
    """The templates, compiled once for all tests."""
    return prepare_templates(("fr", "en"))


@pytest.fixture(scope="session")
def kept_threads(tmp_path_factory: pytest.TempPathFactory) -> KeptRows[tuple[Village, SampleThreads]]:
    """The village and its threads after some days."""

    async def make(conn: Connection, store: FolderStore) -> tuple[Village, SampleThreads]:
        village = await sample_village.build(conn, SITE, store)
        return village, await sample_threads.build(conn, village)

    return KeptRows(make=make, folder=tmp_path_factory.mktemp("threads"))


@pytest.fixture
def fediverse() -> FakeFediverse:
    """The rest of the network."""
    return FakeFediverse()


@pytest.fixture
def instance(pool: Pool, fediverse: FakeFediverse, picture_pool: PicturePool, tmp_path: Path) -> Instance:
    """Lomme."""
    settings = Settings(url=SITE.url, data=tmp_path, test_federation=True)
    return Instance(site=SITE, settings=settings, pool=pool, transport=fediverse, pictures=picture_pool)


@pytest.fixture
async def first_day(instance: Instance, lent_database: WarmDatabase, kept_village: KeptRows[Village]) -> Village:
    """The village, in the database."""
    return await kept_village.put(lent_database, instance.store)


@pytest.fixture
async def days_later(
    instance: Instance, lent_database: WarmDatabase, kept_threads: KeptRows[tuple[Village, SampleThreads]]
) -> tuple[Village, SampleThreads]:
    """The same after some days."""
    return await kept_threads.put(lent_database, instance.store)


@pytest.fixture
def lomme(request: pytest.FixtureRequest) -> Village:
    """The village, as it is after some days for whoever asks for what was made in them too."""
    later = "days_later" in request.fixturenames
    village: Village = request.getfixturevalue("days_later")[0] if later else request.getfixturevalue("first_day")
    return village


@pytest.fixture
def made(days_later: tuple[Village, SampleThreads]) -> SampleThreads:
    """The threads of some days: the sewing machine's owner is Bob, the tent's Alice; Hocine's drill came back."""
    return days_later[1]


@pytest.fixture
async def open_browser(
    instance: Instance, templates: Templates
) -> AsyncIterator[Callable[[Actor | None], Awaitable[Browser]]]:
    """A browser for somebody who is logged in, or for anybody."""
    app = web.Application(middlewares=[request_middleware, answer_middleware, error_middleware, session_middleware])
    app[INSTANCE], app[TEMPLATES], app[ASIDE] = instance, templates, suspension.answer_form
    app.add_routes(ROUTES)
    app.on_response_prepare.append(add_headers)
    server = TestServer(app)
    await server.start_server()
    clients: list[Client] = []

    async def open_one(actor: Actor | None = None) -> Browser:
        cookies = {}
        if actor is not None:
            async with transaction(instance.pool) as conn:
                cookies[cookie_name(SITE)] = await sessions.create(conn, actor.id, "test")
        clients.append(TestClient(server, cookies=cookies))
        return Browser(client=clients[-1])

    yield open_one
    for client in clients:
        await client.session.close()
    await server.close()


@pytest.fixture
async def visitor(open_browser: Callable[[Actor | None], Awaitable[Browser]], lomme: Village) -> Browser:
    """Anybody, passing by the village."""
    return await open_browser(None)


@pytest.fixture
async def alice(open_browser: Callable[[Actor | None], Awaitable[Browser]], lomme: Village) -> Browser:
    """Alice, a member here."""
    return await open_browser(lomme.alice)


@pytest.fixture
async def door(instance: Instance, templates: Templates) -> AsyncIterator[Doorbell]:
    """Lomme without a mail server, where Alice is a member."""
    await add_communes(instance)
    await add_member(instance)
    door = Doorbell(instance, templates)
    yield door
    await door.close()


@pytest.fixture
async def mailing(door: Doorbell, templates: Templates) -> AsyncIterator[Doorbell]:
    """The same with a mail server."""
    settings = msgspec.structs.replace(door.instance.settings, smtp_url="smtp://127.0.0.1:9")
    mailing = Doorbell(replace(door.instance, settings=settings), templates)
    yield mailing
    await mailing.close()
