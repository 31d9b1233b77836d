"""What surrounds every request: ids, addresses behind proxies, protection, bells, and what browsers may ask."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import ClientSession, UnixConnector, web
from aiohttp.test_utils import make_mocked_request

from models.setting_values import Network
from models.settings import Settings
from models.store.database import Pool
from tests.web.small_app import make_instance, serving
from web.http import client_address
from web.http.app_keys import INSTANCE
from web.http.client_address import read_client_address
from web.middlewares.requests import make_content_policy, request_middleware
from web.middlewares.work_signals import WORK_SIGNAL

PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


async def ok(_: web.Request) -> web.Response:
    return web.Response(text="ok")


async def refuse(_: web.Request) -> web.Response:
    raise web.HTTPBadRequest


async def redirect(_: web.Request) -> web.Response:
    raise web.HTTPSeeOther("/elsewhere")


async def test_every_answer_carries_its_id_and_what_protects(pool: Pool) -> None:
    async with serving(make_instance(pool), [web.get("/", ok), web.get("/away", redirect)]) as client:
        for path in ("/", "/nowhere", "/away"):
            answer = await client.get(path, allow_redirects=False)

            assert len(answer.headers["X-Request-Id"]) == 16
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


async def test_an_id_that_the_proxy_gave_is_kept_unless_it_is_strange(pool: Pool) -> None:
    async with serving(make_instance(pool), [web.get("/", ok)]) as client:
        kept = await client.get("/", headers={"X-Request-Id": "0a1b2c3d-4e5f"})
        replaced = await client.get("/", headers={"X-Request-Id": "a b; <script>"})

    assert kept.headers["X-Request-Id"] == "0a1b2c3d-4e5f"
    assert len(replaced.headers["X-Request-Id"]) == 16


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v1/instance", "/oauth/token", "/.well-known/webfinger", "/nodeinfo/2.0"),
        *("/media/portraits/offres.0123456789ab.png", "/static/images/avatar-person.0123456789ab.png"),
    ],
)
async def test_web_clients_of_other_origins_may_ask(pool: Pool, path: str) -> None:
    async with serving(make_instance(pool)) as client:
        preflight = await client.options(path, headers={"Origin": "https://phanpy.example"})
        missing = await client.get(path)

    assert preflight.status == 204
    for answer in (preflight, missing):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Link" in answer.headers["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_a_picture_that_came_says_only_that_it_may_be_read(pool: Pool) -> None:
    async def show(_: web.Request) -> web.Response:
        return web.Response(body=b"RIFF", content_type="image/webp")

    async with serving(make_instance(pool), [web.get("/media/a.square.webp", show)]) as client:
        answer = await client.get("/media/a.square.webp")

    given = {name for name in answer.headers if name.startswith("Access-Control-")}
    assert given == {"Access-Control-Allow-Origin"}


@pytest.mark.parametrize(
    ("kind", "runs", "leads"),
    [
        ("font/woff2", False, False),
        ("text/css", False, True),
        ("image/webp", False, False),
        ("image/svg+xml", True, True),
        ("text/javascript", True, True),
        ("text/plain", True, True),
    ],
)
async def test_a_policy_goes_with_whatever_may_run_or_lead_elsewhere(
    pool: Pool, kind: str, runs: bool, leads: bool
) -> None:
    async def show(_: web.Request) -> web.Response:
        return web.Response(body=b"part", content_type=kind)

    async with serving(make_instance(pool), [web.get("/static/part", show)]) as client:
        answer = await client.get("/static/part")

    assert ("Content-Security-Policy" in answer.headers, "Referrer-Policy" in answer.headers) == (runs, leads)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/oauth/authorize", "/static/declic.0123456789ab.js"])
async def test_pages_and_scripts_are_not_open_to_other_origins(pool: Pool, path: str) -> None:
    async with serving(make_instance(pool), [web.get(path, ok)]) as client:
        answer = await client.get(path)

    assert "Access-Control-Allow-Origin" not in answer.headers


def test_pictures_and_films_may_come_from_the_origin_of_uploads() -> None:
    settings = Settings(url="https://lomme.example", media_url="https://media.lomme.example")

    policy = make_content_policy(settings, "/")
    assert "img-src 'self' https://media.lomme.example" in policy
    assert "media-src 'self' https://media.lomme.example" in policy
    assert [part.split()[0] for part in policy.split("; ")].count("img-src") == 1


def test_without_an_origin_of_uploads_none_is_named() -> None:
    policy = make_content_policy(Settings(url="https://lomme.example"), "/")

    assert "None" not in policy and "img-src" not in policy


def test_forms_end_here_but_where_they_lead_to_an_app_or_to_ones_own_server() -> None:
    settings = Settings(url="https://lomme.example")

    assert "form-action" not in make_content_policy(settings, "/oauth/authorize")
    for path in ("/", "/publier", "/connexion", "/annonces", "/compte/securite"):
        assert make_content_policy(settings, path).endswith("form-action 'self'")
    for path in ("/ailleurs", "/@alice", "/annonces/0190"):
        assert make_content_policy(settings, path).endswith("form-action 'self' https:")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),  # not our proxy: its word counts for nothing
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "6.6.6.6, nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("::ffff:10.0.0.1", "198.51.100.7:80", "198.51.100.7"),
        ("", "198.51.100.7", "198.51.100.7"),  # a unix socket: only the proxy comes that way
    ],
)
def test_the_client_is_the_nearest_address_that_is_not_our_proxy(peer: str, forwarded: str, client: str) -> None:
    request = make_mocked_request("GET", "/", headers={"X-Forwarded-For": forwarded}).clone(remote=peer)

    assert read_client_address(request, PROXIES) == client


def test_what_was_said_of_one_peer_counts_for_no_other_and_long_lists_are_not_kept() -> None:
    def find(peer: str, forwarded: str, trusted: tuple[Network, ...] = PROXIES) -> str | None:
        request = make_mocked_request("GET", "/", headers={"X-Forwarded-For": forwarded}).clone(remote=peer)
        return read_client_address(request, trusted)

    assert find("10.0.0.1", "198.51.100.7") == "198.51.100.7"
    assert find("192.0.2.1", "198.51.100.7") == "192.0.2.1"
    assert find("10.0.0.1", "198.51.100.8") == "198.51.100.8"
    assert find("10.0.0.1", "198.51.100.7", ()) == "10.0.0.1"
    kept = client_address._find_client.cache_info()
    assert find("10.0.0.1", "203.0.113.9, " * 50 + "198.51.100.9") == "198.51.100.9"
    assert client_address._find_client.cache_info() == kept


async def test_behind_a_trusted_proxy_a_view_sees_the_client_and_the_whole_request(pool: Pool) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response([request.remote, request.match_info["name"], await request.text()])

    instance = make_instance(pool, trusted_proxies=("127.0.0.0/8",))
    async with serving(instance, [web.post("/echo/{name}", echo)]) as client:
        answer = await client.post("/echo/alice", data="hello", headers={"X-Forwarded-For": "198.51.100.7"})

        assert await answer.json() == ["198.51.100.7", "alice", "hello"]
        assert (await client.get("/nowhere", headers={"X-Forwarded-For": "198.51.100.7"})).status == 404


async def test_behind_a_unix_socket_a_view_sees_whom_the_proxy_names(pool: Pool, tmp_path: Path) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(text=request.remote or "nobody")

    path = str(tmp_path / "socket")
    app = web.Application(middlewares=[request_middleware])
    app[INSTANCE] = make_instance(pool, listen=f"unix:{path}")
    app.router.add_get("/", echo)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, path).start()
    async with ClientSession("http://lomme.example", connector=UnixConnector(path)) as client:
        answers = [await client.get("/", headers={"X-Forwarded-For": "6.6.6.6, 198.51.100.7"}), await client.get("/")]
        seen = [await answer.text() for answer in answers]
    await runner.cleanup()

    assert seen == ["198.51.100.7", "nobody"]


async def test_what_was_sent_rings_for_the_workers(pool: Pool) -> None:
    views = [web.post("/inbox", ok), web.post("/publier", ok), web.post("/refuse", refuse), web.get("/", ok)]
    async with serving(make_instance(pool), views) as client:
        work_signal = client.app[WORK_SIGNAL]
        await client.get("/")
        await client.post("/refuse")
        assert not work_signal.received.is_set()
        assert not work_signal.delivery.is_set()

        await client.post("/inbox")
        assert work_signal.received.is_set()
        assert not work_signal.delivery.is_set()
        assert not work_signal.used.is_set()
        await client.post("/publier")

        assert work_signal.delivery.is_set()
        assert work_signal.used.is_set()
