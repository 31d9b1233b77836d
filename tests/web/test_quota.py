"""How often a client may ask: counted per account or network, summed over processes, told in three headers."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from aiohttp import web

from models.database import Pool
from models.errors import Unauthenticated
from tests.web.core import Client, make_instance, serving
from web.quota import Quota

ALICE = {"Authorization": "Bearer alice"}
WRONG = {"Authorization": "Bearer nobody"}


async def show(request: web.Request) -> web.Response:
    if request.headers.get("Authorization") == WRONG["Authorization"]:
        raise Unauthenticated
    return web.json_response({})


@pytest.fixture
async def client(pool: Pool) -> AsyncIterator[Client]:
    """Ten requests an account, two an anonymous address."""
    views = [web.get("/api/v1/instance", show), web.get("/annonces", show)]
    async with serving(make_instance(pool, rate_limit=10), views) as client:
        yield client


async def test_an_account_learns_what_is_left_and_is_refused_above_its_limit(client: Client) -> None:
    answers = [await client.get("/api/v1/instance", headers=ALICE) for _ in range(11)]

    assert [answer.status for answer in answers] == [200] * 10 + [429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers][:3] == ["9", "8", "7"]
    assert answers[-1].headers["X-RateLimit-Limit"] == "10"
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert datetime.fromisoformat(answers[-1].headers["X-RateLimit-Reset"]).tzinfo is not None
    assert "error" in await answers[-1].json()


async def test_an_anonymous_address_has_a_fifth_and_takes_nothing_from_accounts(client: Client) -> None:
    answers = [await client.get("/api/v1/instance") for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert (await client.get("/api/v1/instance", headers=ALICE)).status == 200


async def test_inventing_tokens_gives_nobody_more(client: Client) -> None:
    answers = [await client.get("/api/v1/instance", headers=WRONG) for _ in range(4)]

    assert [answer.status for answer in answers] == [401, 401, 401, 429]


async def test_pages_are_not_counted(client: Client) -> None:
    answers = [await client.get("/annonces") for _ in range(5)]

    assert [answer.status for answer in answers] == [200] * 5


async def test_processes_sum_what_they_counted(pool: Pool) -> None:
    one, other = Quota(pool, 10), Quota(pool, 10)
    for _ in range(3):
        one.count(b"alice")
    other.count(b"alice")

    await one.exchange()
    await other.exchange()

    assert other.count(b"alice") == 5


async def test_what_is_counted_while_telling_is_not_lost(pool: Pool) -> None:
    quota = Quota(pool, 10)
    quota.count(b"alice")

    await quota.exchange()
    quota.count(b"alice")
    await quota.exchange()

    assert quota.used(b"alice") == 2
