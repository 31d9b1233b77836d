"""How often a client may ask: counted per account or network, summed over processes, told in three headers."""

from collections.abc import AsyncIterator
from datetime import datetime
from types import SimpleNamespace
from typing import cast

import pytest
from aiohttp import web

from models.errors import Unauthenticated
from models.people.accounts import Account
from models.store.database import Pool
from tests.web.small_app import Client, make_instance, serving
from web.middlewares.rate_limits import OWNER
from web.security.session import VISIT, SessionCookies

ALICE = {"Authorization": "Bearer alice"}
WRONG = {"Authorization": "Bearer nobody"}


async def show(request: web.Request) -> web.Response:
    if request.headers.get("Authorization", "").startswith("Bearer alice"):
        request[OWNER] = "alice"
    if request.headers.get("Authorization") == WRONG["Authorization"]:
        raise Unauthenticated
    return web.json_response({})


async def show_page(request: web.Request) -> web.Response:
    if request.cookies.get("declic_lomme_test") == "alice":
        request[VISIT] = SessionCookies(account=cast(Account, SimpleNamespace(standing="full", actor_id=7)))
    return web.json_response({})


async def refuse(_: web.Request) -> web.Response:
    raise Unauthenticated


@pytest.fixture
async def client(pool: Pool) -> AsyncIterator[Client]:
    """Ten requests an account, two an anonymous address."""
    views = [web.get("/api/v1/instance", show), web.get("/api/v1/closed", refuse), web.get("/annonces", show_page)]
    views += [web.get(path, show) for path in ("/static/x.css", "/healthz", "/users/alice")]
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


async def test_tokens_of_one_account_are_counted_together_however_they_are_written(client: Client) -> None:
    written = ("Bearer alice", "bearer  alice", "Bearer alice2", "Bearer alice3")

    answers = [
        await client.get("/api/v1/instance", headers={"Authorization": text}) for _ in range(3) for text in written
    ]

    assert [answer.status for answer in answers] == [200] * 10 + [429] * 2


async def test_whoever_shares_an_address_with_somebody_who_guesses_goes_on(client: Client) -> None:
    await client.get("/api/v1/instance", headers=ALICE)
    for _ in range(5):
        await client.get("/api/v1/instance", headers=WRONG)

    answer = await client.get("/api/v1/instance", headers=ALICE)

    assert answer.status == 200


async def test_a_token_that_was_taken_back_is_refused_like_an_invented_one(client: Client) -> None:
    await client.get("/api/v1/instance", headers=ALICE)

    answers = [await client.get("/api/v1/closed", headers=ALICE) for _ in range(5)]

    assert [answer.status for answer in answers] == [401, 401, 401, 429, 429]


async def test_anonymous_requests_that_need_a_token_keep_nobody_with_one_out(client: Client) -> None:
    for _ in range(5):
        await client.get("/api/v1/closed")

    answer = await client.get("/api/v1/instance", headers=ALICE)

    assert answer.status == 200


async def test_pages_have_a_limit_of_their_own_that_is_told_in_words(client: Client) -> None:
    answers = [await client.get("/annonces", headers={"Accept-Language": "fr"}) for _ in range(5)]

    assert [answer.status for answer in answers] == [200] * 4 + [429]  # ten a member, 2.5 times fewer an address
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "minute" in (page := await answers[-1].text()) and "rechargez la page" in page
    assert (await client.get("/api/v1/instance")).status == 200


async def test_a_member_has_more_pages_than_the_address_she_comes_from(client: Client) -> None:
    alice = {"Cookie": "declic_lomme_test=alice"}
    answers = [await client.get("/annonces", headers=alice) for _ in range(3)]

    while (await client.get("/annonces")).status == 200:
        pass  # somebody else in the same house

    answers += [await client.get("/annonces", headers=alice) for _ in range(8)]
    assert [answer.status for answer in answers] == [200] * 10 + [429]


async def test_inventing_sessions_gives_nobody_more_pages(client: Client) -> None:
    invented = [{"Cookie": f"declic_lomme_test=nobody{number}"} for number in range(5)]

    assert [(await client.get("/annonces", headers=one)).status for one in invented] == [200] * 4 + [429]


@pytest.mark.parametrize("path", ["/static/x.css", "/healthz", "/users/alice"])
async def test_what_is_no_page_is_not_counted_as_one(client: Client, path: str) -> None:
    assert {(await client.get(path)).status for _ in range(6)} == {200}
