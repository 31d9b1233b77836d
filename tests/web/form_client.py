"""A visitor with a browser but without JavaScript: she opens pages and sends the forms that she finds there."""

import html
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

import msgspec
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer

from federation.instance import Instance
from federation.own_keys.key_pairs import KeyPairs, _make_key_pairs
from models.people.accounts import Role
from models.places.places import fold_name
from models.settings import Settings
from models.store.database import connection, execute_many, fetch_column, transaction
from outbox.people.accounts import register
from tests.sample_territory import COMMUNES
from web.http.app_keys import INSTANCE
from web.middlewares.answers import answer_middleware
from web.middlewares.errors import error_middleware
from web.middlewares.requests import add_headers, request_middleware
from web.pages.routes import ROUTES
from web.rendering.templating import TEMPLATES, Templates
from web.security.passwords import hash_password
from web.security.session import session_middleware

Client = TestClient[web.Request, web.Application]

MIDDLEWARES = (request_middleware, answer_middleware, error_middleware, session_middleware)

PASSWORD = "un grand verre d’eau"

_UNTIDY_TAG = re.compile(r'<[a-zA-Z](?:[^<>"\s]++| (?!\s)|"[^"]*")*+\s(?:[^<>"]|"[^"]*")*+>')
"""A tag with more than one space in a row, or another one, between attributes."""

_QUOTED = re.compile(r'("[^"]*")')

_SPACES = re.compile(r"\s+")


def tidy(page: str) -> str:
    """The page with one space between the attributes of a tag: where lines of templates end is nobody's matter."""
    return _UNTIDY_TAG.sub(_tidy_tag, page)


def _tidy_tag(tag: re.Match[str]) -> str:
    parts = _QUOTED.split(tag[0])
    return "".join(part if part.startswith('"') else _SPACES.sub(" ", part) for part in parts)


@dataclass
class Visitor:
    """What she sees now: `text`, its `status`, and its `path` after any redirection."""

    client: Client
    instance: Instance
    text: str = ""
    status: int = 0
    path: str = ""

    async def open(self, path: str) -> "Visitor":
        """Follow a link; an address of ours may be whole."""
        answer = await self.client.get(path.removeprefix(self.instance.site.url), headers={"Accept": "text/html"})
        self.text, self.status, self.path = tidy(await answer.text()), answer.status, answer.url.path_qs
        return self

    async def send(self, path: str, fields: Mapping[str, str | list[str]] | None = None) -> "Visitor":
        """Send the form of this page that goes to `path`, with its hidden fields."""
        return await self._post(path, {**self.hidden_fields(path), **(fields or {})})

    async def upload(self, path: str, fields: dict[str, str], field: str, filename: str, body: bytes) -> "Visitor":
        """Send the form with a file."""
        data = FormData(quote_fields=False)
        for name, value in {**self.hidden_fields(path), **fields}.items():
            data.add_field(name, value)
        data.add_field(field, body, filename=filename, content_type="image/jpeg")
        return await self._post(path, data)

    async def _post(self, path: str, data: object) -> "Visitor":
        headers = {"Accept": "text/html", "Origin": self.instance.site.url}
        answer = await self.client.post(path, data=self._spread(data), headers=headers)
        self.text, self.status, self.path = tidy(await answer.text()), answer.status, answer.url.path_qs
        return self

    @staticmethod
    def _spread(data: object) -> object:
        if not isinstance(data, dict):
            return data
        return [(name, one) for name, value in data.items() for one in (value if isinstance(value, list) else [value])]

    def hidden_fields(self, path: str) -> dict[str, str]:
        """The hidden fields of the form of this page that goes to `path` (a form without action goes to the page)."""
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", self.text, re.DOTALL):
            action = re.search(r'<form[^>]*action="([^"]*)"', form)
            if html.unescape(action[1] if action else self.path.partition("?")[0]) == path:
                hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
                return {name: html.unescape(value) for name, value in hidden}
        raise AssertionError(f"there is no form to {path} on {self.path} ({self.status})")

    async def log_in(self, username: str, password: str = PASSWORD) -> "Visitor":
        """Through the page."""
        await self.open("/connexion")
        return await self.send("/connexion", {"login": username, "password": password})


class Doorbell:
    """Where visitors come from: each with a browser of her own, all to the same instance."""

    def __init__(self, instance: Instance, templates: Templates) -> None:
        """The server starts with the first visitor."""
        self.instance, self.templates = instance, templates
        self._app = web.Application(middlewares=MIDDLEWARES)
        self._app[INSTANCE], self._app[TEMPLATES] = instance, templates
        self._app.add_routes(ROUTES)
        self._app.on_response_prepare.append(add_headers)
        self._server = TestServer(self._app)
        self._clients: list[Client] = []

    async def ring(self) -> Visitor:
        """Somebody who was never here."""
        if not self._clients:
            await self._server.start_server()
        self._clients.append(TestClient(self._server))
        return Visitor(self._clients[-1], self.instance)

    async def close(self) -> None:
        """Everybody goes home."""
        for client in self._clients:
            await client.session.close()
        await self._server.close()


@cache
def shared_keys() -> KeyPairs:
    """One set of keys for all members of all tests: RSA takes its time."""
    return _make_key_pairs(Settings())


async def add_member(
    instance: Instance, username: str = "alice", *, roles: Collection[Role] = (), password: str | None = PASSWORD
) -> int:
    """A confirmed member with a password, without the pages; the actor's id."""
    password_hash = await hash_password(password) if password else None
    async with transaction(instance.pool) as conn:
        actor = await register(
            conn,
            instance.site,
            username=username,
            email=f"{username}@example.org",
            password_hash=password_hash,
            roles=roles,
            language="fr",
            name=username.capitalize(),
            key_pairs=shared_keys(),
        )
        return actor.id


async def list_mails(instance: Instance) -> list[dict[str, object]]:
    """The mails that wait to be sent, the first one first."""
    async with connection(instance.pool) as conn:
        payloads = await fetch_column(conn, "SELECT payload FROM pgqueuer WHERE entrypoint = 'mail' ORDER BY id")
    return [msgspec.json.decode(payload) for payload in payloads]


async def add_communes(instance: Instance) -> None:
    """The communes of the village, and nothing else of it."""
    async with transaction(instance.pool) as conn:
        await execute_many(
            conn,
            """
            INSERT INTO commune (code, name, search_name, postcodes, department, region, epci_code, epci_name,
                population, latitude, longitude, precision, kind)
            VALUES ($1, $2, $3, ARRAY[$4], '59', '32', $5, $6, $7, $8, $9, 'exact', 'commune')
            """,
            [(code, name, fold_name(name), *rest) for code, name, *rest in COMMUNES],
        )
