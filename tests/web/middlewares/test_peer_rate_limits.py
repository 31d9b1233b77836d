"""How often other servers may ask: by network until they prove who they are, then in their own name, never by proxy."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from federation.instance import Instance
from models.limits import NETWORK_READS, SERVER_READS, UNPROVEN_POSTS
from models.store.database import Pool
from tests.web.small_app import Client, make_instance
from web.http.app_keys import INSTANCE
from web.middlewares import peer_rate_limits
from web.middlewares.errors import error_middleware
from web.middlewares.peer_rate_limits import PROVEN, note_signer, peer_rate_limit_middleware
from web.middlewares.rate_limits import RATE_LIMITS, RateLimits
from web.middlewares.requests import request_middleware


async def show(request: web.Request) -> web.Response:
    """As a document that knows its reader by the header of these tests."""
    if "Signer" in request.headers:
        note_signer(request, request.headers["Signer"])
    return web.json_response({})


async def take(request: web.Request) -> web.Response:
    """As an inbox that knows whether the sender is proven."""
    request[PROVEN] = request.headers.get("Proven") == "yes"
    return web.Response(status=202 if request[PROVEN] else 401)


async def serve(instance: Instance, rate_limit: int = 1500) -> AsyncIterator[Client]:
    app = web.Application(middlewares=[request_middleware, error_middleware, peer_rate_limit_middleware])
    app[INSTANCE], app[RATE_LIMITS] = instance, RateLimits(instance.counter, rate_limit)
    app.add_routes(
        [
            web.get("/users/{name}", show),
            web.get("/territories", show),
            web.post("/inbox", take),
            web.get("/annonces", show),
        ]
    )
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
async def client(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """Five documents, three unproven posts; this machine is a proxy of ours."""
    for limit, most in (NETWORK_READS, 5), (SERVER_READS, 5), (UNPROVEN_POSTS, 3):
        name = next(name for name, value in vars(peer_rate_limits).items() if value is limit)
        monkeypatch.setattr(peer_rate_limits, name, replace(limit, most=most))
    async for client in serve(make_instance(pool, trusted_proxies=("127.0.0.0/8",))):
        yield client


async def read(client: Client, address: str, times: int = 1, **headers: str) -> list[int]:
    """The statuses of so many reads by this address."""
    given = {"X-Forwarded-For": address, "Accept": "application/json"} | headers
    return [(await client.get("/users/alice", headers=given)).status for _ in range(times)]


async def post(client: Client, address: str, times: int = 1, *, proven: bool = False) -> list[int]:
    given = {"X-Forwarded-For": address, "Proven": "yes" if proven else "no"}
    return [(await client.post("/inbox", headers=given)).status for _ in range(times)]


async def test_ht04_the_directory_is_read_on_the_same_count(client: Client) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9", "Accept": "application/json"}

    assert [(await client.get("/territories", headers=headers)).status for _ in range(6)] == [200] * 5 + [429]


async def test_ht04_a_network_reads_so_many_documents_and_takes_nothing_from_others(client: Client) -> None:
    assert await read(client, "203.0.113.9", 6) == [200] * 5 + [429]
    assert await read(client, "203.0.113.200") == [429]  # the same /24
    assert await read(client, "203.0.114.9") == [200]
    answer = await client.get("/users/alice", headers={"X-Forwarded-For": "203.0.113.9"})
    assert 0 < int(answer.headers["Retry-After"]) <= 300


async def test_ht04_an_ipv6_visitor_is_known_by_the_64(client: Client) -> None:
    assert await read(client, "2001:db8:1:2::1", 5) == [200] * 5
    assert await read(client, "2001:db8:1:2:ffff::9") == [429]
    assert await read(client, "2001:db8:1:3::1") == [200]


async def test_ht04_whoever_signs_is_counted_in_their_own_name_and_no_more_as_their_network(client: Client) -> None:
    first = [await read(client, f"198.51.{number}.1", Signer="henin.test") for number in range(6)]
    other = await read(client, "198.51.100.1", 5, Signer="lyon.test")
    unsigned = await read(client, "198.51.100.1", 5)

    assert first == [[200]] * 5 + [[429]]
    assert other == [200] * 5
    assert unsigned == [200] * 5


async def test_ht04_b59_unproven_posts_are_limited_and_proven_ones_of_the_same_network_are_not(client: Client) -> None:
    assert await post(client, "203.0.113.9", 10, proven=True) == [202] * 10
    assert await post(client, "203.0.113.9", 4) == [401] * 3 + [429]
    assert await post(client, "198.51.100.9") == [401]


async def test_ht04_the_address_of_a_proxy_is_never_counted(client: Client) -> None:
    statuses = [(await client.get("/users/alice")).status for _ in range(8)]

    assert statuses == [200] * 8


async def test_ht04_pages_for_people_are_not_counted(client: Client) -> None:
    given = {"X-Forwarded-For": "203.0.113.9"}

    assert [(await client.get("/annonces", headers=given)).status for _ in range(8)] == [200] * 8


async def test_a_refused_post_is_told_to_come_again_in_a_minute(client: Client) -> None:
    await post(client, "203.0.113.9", 3)

    answer = await client.post("/inbox", headers={"X-Forwarded-For": "203.0.113.9", "Proven": "no"})

    assert answer.headers["Retry-After"] == "60"


async def test_without_a_limit_nothing_is_counted(pool: Pool) -> None:
    instance = make_instance(pool, trusted_proxies=("127.0.0.0/8",))
    async for client in serve(instance, rate_limit=0):
        assert await read(client, "203.0.113.9", 6, Signer="henin.test") == [200] * 6

    assert instance.counter.size(NETWORK_READS) == instance.counter.size(SERVER_READS) == 0
