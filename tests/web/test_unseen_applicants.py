"""Whoever waits to be let in, asked for at every address that names people: answered as if she had never been."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from federation.instance import Instance
from models.access import sessions, tokens
from models.people.accounts import Account
from models.settings import Settings
from models.store.database import Pool, execute, fetch_value, transaction
from tests.factories import HERE, make_local_actor, make_member
from tests.fediverse import FakeFediverse
from tests.web.applicants import add_applicant
from tests.web.small_app import Client
from web.security.session import cookie_name
from web.server.app import make_app

JSON, HTML = "application/activity+json", "text/html"

ADDRESSES = (
    *((accept, "/@NAME") for accept in (JSON, HTML)),
    *((accept, "/@NAME@lomme.test") for accept in (JSON, HTML)),
    *((JSON, f"/users/NAME{part}") for part in ("", "/outbox", "/followers", "/following", "/collections/featured")),
    *(("*/*", f"/.well-known/webfinger?resource={one}") for one in ("acct:NAME@lomme.test", f"{HERE.url}/users/NAME")),
    *((HTML, f"/@NAME{part}") for part in (".rss", "/followers", "/merci")),
    (HTML, "/authorize_interaction?uri=acct:NAME@lomme.test"),
    (HTML, "/pourquoi?uri=NAME@lomme.test"),
    (HTML, "/coop/membres/NAME"),
    (HTML, "/coop/membres?q=NAME"),
    (HTML, "/coop/points/NAME"),
    *(("*/*", f"/api/v1/accounts/lookup?acct={one}") for one in ("NAME", "NAME@lomme.test")),
    *(("*/*", f"/api/{one}?q=NAME&resolve=true") for one in ("v1/accounts/search", "v2/search")),
    ("*/*", f"/api/v2/search?q={HERE.url}/@NAME&resolve=true"),
    ("*/*", "/api/v1/accounts/ID"),
    ("*/*", "/api/v1/accounts/ID/statuses"),
    ("*/*", "/api/v1/accounts/ID/followers"),
    ("*/*", "/api/v1/accounts?id[]=ID"),
    ("*/*", "/api/v1/accounts/relationships?id[]=ID"),
    (HTML, "/signaler/compte/ID"),
    *(
        ("*/*", path)
        for path in (
            "/api/v1/directory?local=true",
            "/api/v1/instance",
            "/api/v2/instance",
            "/api/v1/instance/activity",
            "/nodeinfo/2.1",
        )
    ),
)
"""What to ask with which Accept; NAME and ID are hers or those of nobody."""

FORMS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/api/v1/statuses", {"status": "Bonjour @NAME", "visibility": "direct"}),
    ("/api/v1/accounts/ID/follow", {}),
    ("/api/v1/accounts/ID/block", {}),
    ("/api/v1/accounts/ID/note", {"comment": "x"}),
)
"""What an app may do to people."""

NOBODY, NO_ID = "nobody", "4770000000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A whole server, an administrator's cookie and her token, and Carole, who waits."""

    client: Client
    instance: Instance
    cookie: str
    token: str
    carole: Account

    async def ask(self, path: str, accept: str, reader: str, name: str, id: str) -> tuple[int, str]:
        headers = {"Accept": accept}
        if reader:
            way = {"Authorization": f"Bearer {self.token}"} if path.startswith("/api") else {"Cookie": self.cookie}
            headers |= way
        asked = path.replace("NAME", name).replace("ID", id)
        answer = await self.client.get(asked, headers=headers, allow_redirects=False)
        text = (await answer.text()) + answer.headers.get("Location", "")
        return answer.status, text.replace(name, "NAME").replace(name.capitalize(), "Name").replace(id, "ID")


@pytest.fixture
async def server(pool: Pool, tmp_path: Path) -> AsyncIterator[Server]:
    """Everything that is served."""
    settings = Settings(url=HERE.url, data=tmp_path, rate_limit=0)
    instance = Instance(site=settings.site, settings=settings, pool=pool, transport=FakeFediverse())
    async with transaction(pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        alice = await make_member(conn, roles=["admin"])
        session = await sessions.create(conn, alice.id, "test")
        token = await tokens.create(conn, actor_id=alice.id, scopes=("read", "write", "follow"), application=None)
    carole = await add_applicant(instance)
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE actor SET discoverable = true WHERE id = $1", carole.actor_id)
        await execute(conn, "UPDATE account SET last_seen_at = now() WHERE actor_id = $1", carole.actor_id)
    cookie = f"{cookie_name(instance.site)}={session}"
    async with TestClient(TestServer(make_app(instance))) as client:
        yield Server(client=client, instance=instance, cookie=cookie, token=token, carole=carole)


async def test_every_address_answers_as_for_nobody(server: Server) -> None:
    differing = []
    for reader in ("", "alice"):
        for accept, path in ADDRESSES:
            hers = await server.ask(path, accept, reader, "carole", str(server.carole.actor_id))
            nobodys = await server.ask(path, accept, reader, NOBODY, NO_ID)
            if hers[0] != nobodys[0] or _blur(hers[1]) != _blur(nobodys[1]) or hers[0] >= 500:
                differing.append((reader, accept, path, hers[0], nobodys[0]))
            assert "carole@" not in hers[1].lower().replace("carole@lomme.test", ""), path
    assert differing == []


async def test_no_app_reaches_her(server: Server) -> None:
    headers = {"Authorization": f"Bearer {server.token}"}
    for path, fields in FORMS:
        answers = []
        for name, id in (("carole", str(server.carole.actor_id)), (NOBODY, NO_ID)):
            data = {key: value.replace("NAME", name) for key, value in fields.items()}
            answer = await server.client.post(path.replace("ID", id), data=data, headers=headers)
            answers.append(answer.status)
        assert answers[0] == answers[1], path
    async with transaction(server.instance.pool) as conn:
        for table, column in (("mention", "actor_id"), ("follow", "followed_id"), ("block", "target_id")):
            found = await fetch_value(conn, f"SELECT count(*) FROM {table} WHERE {column} = $1", server.carole.actor_id)
            assert found == 0, table


def _blur(text: str) -> str:
    """Without what differs between any two answers."""
    return "\n".join(line for line in text.splitlines() if "csrf_token" not in line and "request" not in line.lower())
