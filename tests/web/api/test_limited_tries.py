"""What apps may try so often only: 429 with the three headers, and nothing happens."""

import pytest

from models.store.database import connection, fetch_value
from tests.factories import make_local_actor, make_remote_actor
from tests.web.api.conftest import Alice, Api
from tests.web.api.mastodon.people.test_registration import join, open_door
from tests.web.limited_tries import allow

HEADERS = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}


async def test_accounts_are_made_so_often_only(anybody: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, "register", network=1)
    app = await open_door(anybody)

    first, second = await join(app), await join(app, username="paul", email="paul@exemple.fr")

    assert (first.status, second.status, second.headers["Retry-After"]) == (200, 429, "3600")
    assert set(second.headers) >= HEADERS
    async with connection(anybody.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM account WHERE email LIKE '%@exemple.fr'") == 1


async def test_reports_are_made_so_often_only(alice: Alice, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, "report", pair=1)
    async with connection(alice.api.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        bob = await make_remote_actor(conn)

    answers = [await alice.api.ask("POST", "/api/v1/reports", json={"account_id": str(bob.id)}) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 429]
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM report") == 1


async def test_tokens_are_given_back_so_often_only(anybody: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, "token", pair=1)

    answers = [await anybody.ask("POST", "/oauth/revoke", data={"token": "x"}) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 429]
