"""The session cookie, and forms that others try to send in our name."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import Handler
from yarl import URL

from federation.instance import Instance
from models.access import sessions
from models.errors import DeclicError
from models.people import accounts
from models.settings import Site
from models.store.database import Pool, connection, execute, fetch_value, transaction
from tests.factories import make_member
from web.http.app_keys import INSTANCE
from web.security import session

Client = TestClient[web.Request, web.Application]

LOMME = Site(url="http://lomme.test", host="lomme.test")
SECURE = Site(url="https://lomme.test:8443", host="lomme.test:8443")


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except DeclicError as error:
        return web.Response(status=error.status, text=str(error))


async def show_form(request: web.Request) -> web.Response:
    return web.Response(text=session.csrf_token(request))


async def show_plain(request: web.Request) -> web.Response:
    account = session.current_account(request)
    return web.Response(text=account.username if account else "nobody")


async def show_mine(request: web.Request) -> web.Response:
    return web.Response(text=session.require_account(request).username)


async def show_rules(request: web.Request) -> web.Response:
    return web.Response(text=session.require_right(request, "settings").username)


async def post_enter(request: web.Request) -> web.Response:
    session.require_csrf(request, str((await request.post()).get("csrf_token", "")))
    async with transaction(request.app[INSTANCE].pool) as conn:
        account = await accounts.find_by_username(conn, "alice")
        assert account is not None
        await session.open_session(request, conn, account)
    return web.Response(text=session.csrf_token(request))


async def post_leave(request: web.Request) -> web.Response:
    session.require_csrf(request, str((await request.post()).get("csrf_token", "")))
    async with transaction(request.app[INSTANCE].pool) as conn:
        await session.close_session(request, conn)
    return web.Response(text="left")


class StandIn:
    """As much of an instance as a session looks at."""

    def __init__(self, pool: Pool, site: Site) -> None:
        self.pool, self.site = pool, site


@pytest.fixture
async def visit(pool: Pool) -> AsyncIterator[Callable[..., Any]]:
    """Start a site where Alice is a member, and a browser that knows no cookie yet."""
    opened: list[Client] = []

    async def start(site: Site = LOMME) -> Client:
        app = web.Application(middlewares=[answer_errors, session.session_middleware])
        app[INSTANCE] = cast(Instance, StandIn(pool, site))
        app.add_routes([web.get("/", show_plain), web.get("/form", show_form), web.get("/mine", show_mine)])
        app.add_routes([web.get("/rules", show_rules), web.post("/enter", post_enter)])
        app.add_routes([web.post("/leave", post_leave), web.post("/mine", show_mine)])
        client = TestClient(TestServer(app))
        await client.start_server()
        opened.append(client)
        return client

    async with transaction(pool) as conn:
        await make_member(conn, "alice")
    yield start
    for client in opened:
        await client.close()


async def enter(client: Client, **headers: str) -> str:
    """Log Alice in through the form; the token of her next form."""
    token = await (await client.get("/form")).text()
    answer = await client.post("/enter", data={"csrf_token": token}, headers=headers)
    assert answer.status == 200
    return await answer.text()


async def test_a_page_without_a_form_sets_no_cookie(visit: Callable[..., Any]) -> None:
    client = await visit()

    answer = await client.get("/")

    assert await answer.text() == "nobody"
    assert "Set-Cookie" not in answer.headers and "Cache-Control" not in answer.headers


async def test_logging_in_and_out_with_forms_of_ours(visit: Callable[..., Any], pool: Pool) -> None:
    client = await visit()
    token = await enter(client, Origin=LOMME.url)
    inside = await (await client.get("/")).text()

    await client.post("/leave", data={"csrf_token": token}, headers={"Origin": LOMME.url})

    outside = await (await client.get("/")).text()
    async with connection(pool) as conn:
        left = await fetch_value(conn, "SELECT count(*) FROM session")
    assert (inside, outside, left) == ("alice", "nobody", 0)


async def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(visit: Callable[..., Any]) -> None:
    client = await visit(SECURE)

    form = (await client.get("/form")).headers["Set-Cookie"]

    assert form.startswith("__Host-declic_lomme_test_8443_form=")
    assert {"HttpOnly", "SameSite=Lax", "Secure", "Path=/"} <= set(form.split("; "))


async def test_cookies_name_the_instance(visit: Callable[..., Any]) -> None:
    client = await visit()
    await enter(client)

    names = {cookie.key for cookie in client.session.cookie_jar}

    assert names == {"declic_lomme_test", "declic_lomme_test_form"}


async def test_a_page_with_a_token_is_kept_by_no_proxy(visit: Callable[..., Any]) -> None:
    client = await visit()
    await client.get("/form")

    again = await client.get("/form")

    assert "Set-Cookie" not in again.headers
    assert again.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
async def test_logging_in_without_our_token_is_refused(visit: Callable[..., Any], token: str) -> None:
    client = await visit()
    await client.get("/form")

    answer = await client.post("/enter", data={"csrf_token": token}, headers={"Origin": LOMME.url})

    assert answer.status == 403 and "declic_lomme_test" not in answer.cookies


async def test_a_token_made_for_another_browser_is_refused(visit: Callable[..., Any]) -> None:
    attacker, victim = await visit(), await visit()
    token = await (await attacker.get("/form")).text()
    await victim.get("/form")

    answer = await victim.post("/enter", data={"csrf_token": token}, headers={"Origin": LOMME.url})

    assert answer.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://lomme.test.evil.test"},
        {"Origin": "https://lomme.test"},
        {"Sec-Fetch-Site": "cross-site", "Origin": LOMME.url},
        {"Sec-Fetch-Site": "same-site", "Origin": LOMME.url},
    ],
)
async def test_a_form_sent_from_another_site_is_refused(visit: Callable[..., Any], headers: dict[str, str]) -> None:
    client = await visit()
    token = await enter(client)

    answer = await client.post("/leave", data={"csrf_token": token}, headers=headers)
    unread = await client.post("/mine", headers=headers)

    assert (answer.status, unread.status) == (403, 403)
    assert await (await client.get("/")).text() == "alice"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {}])
async def test_a_form_of_ours_is_taken_from_any_browser(visit: Callable[..., Any], headers: dict[str, str]) -> None:
    client = await visit()
    token = await enter(client)

    answer = await client.post("/leave", data={"csrf_token": token}, headers=headers)

    assert answer.status == 200


async def test_logging_in_again_changes_the_cookie_and_ends_the_old_session(
    visit: Callable[..., Any], pool: Pool
) -> None:
    client = await visit()
    token = await enter(client)
    before = client.session.cookie_jar.filter_cookies(client.make_url("/"))["declic_lomme_test"].value

    await client.post("/enter", data={"csrf_token": token})

    after = client.session.cookie_jar.filter_cookies(client.make_url("/"))["declic_lomme_test"].value
    async with connection(pool) as conn:
        assert before != after and await sessions.find(conn, before) is None


async def test_an_ended_session_takes_its_cookie_with_it(visit: Callable[..., Any], pool: Pool) -> None:
    client = await visit()
    await enter(client)
    async with transaction(pool) as conn:
        await execute(conn, "DELETE FROM session")

    answer = await client.get("/")

    assert await answer.text() == "nobody"
    assert answer.cookies["declic_lomme_test"].value == ""


async def test_a_used_session_gets_its_cookie_renewed(visit: Callable[..., Any], pool: Pool) -> None:
    client = await visit()
    await enter(client)
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE session SET seen_at = now() - interval '2 hours'")

    first, second = await client.get("/"), await client.get("/")

    assert first.cookies["declic_lomme_test"]["max-age"] == str(90 * 24 * 3600)
    assert "declic_lomme_test" not in second.cookies


async def test_a_member_page_leads_strangers_to_log_in_and_back(visit: Callable[..., Any]) -> None:
    client = await visit()

    asked = await client.get("/mine?q=v%C3%A9lo%26co&page=2", allow_redirects=False)
    referer = {"Referer": f"{LOMME.url}/annonces?q=a"}
    sent = await client.post("/mine", headers=referer, allow_redirects=False)
    foreign = await client.post("/mine", headers={"Referer": "http://evil.test/x"}, allow_redirects=False)

    places = [URL(answer.headers["Location"]) for answer in (asked, sent, foreign)]
    assert {place.path for place in places} == {"/connexion"}
    assert [place.query["retour"] for place in places] == ["/mine?q=v%C3%A9lo%26co&page=2", "/annonces?q=a", "/"]


async def test_a_member_is_not_an_administrator(visit: Callable[..., Any], pool: Pool) -> None:
    client = await visit()
    await enter(client)
    member = await client.get("/rules")
    async with transaction(pool) as conn:
        await execute(conn, "UPDATE account SET roles = '{admin}'")

    admin = await client.get("/rules")

    assert (member.status, admin.status) == (404, 200)


async def test_a_bearer_token_is_not_mixed_with_a_cookie(visit: Callable[..., Any]) -> None:
    client = await visit()
    await enter(client)

    answer = await client.get("/", headers={"Authorization": "Bearer x"})

    assert await answer.text() == "nobody" and "Set-Cookie" not in answer.headers


async def ask_raw(client: Client, request: bytes) -> str:
    """The status of a request that no browser would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(request + b"\r\nHost: lomme.test\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer.split()[1].decode()


async def test_headers_that_are_not_text_break_nothing(visit: Callable[..., Any]) -> None:
    client = await visit()

    statuses = [
        await ask_raw(client, b"GET / HTTP/1.1\r\nCookie: declic_lomme_test=\xff\xe9"),
        await ask_raw(client, b"GET /form HTTP/1.1\r\nCookie: declic_lomme_test_form=\xff\xe9"),
        await ask_raw(client, b"POST /mine HTTP/1.1\r\nContent-Length: 0\r\nReferer: http://["),
    ]

    assert statuses == ["200", "200", "303"]


async def test_a_browser_with_a_strange_name_logs_in(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")

        await sessions.create(conn, alice.id, "caf\udce9")

        assert await fetch_value(conn, "SELECT user_agent FROM session") == "caf?"


@pytest.mark.parametrize("path", ["/", "/annonces?q=v%C3%A9lo&page=2", "/@alice", "/a//b", "/x#y"])
def test_a_path_of_ours_is_returned_to(path: str) -> None:
    assert session.read_local_path(path) == path


@pytest.mark.parametrize(
    "text",
    [
        *("", "annonces", "//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)"),
        *("/\n/evil.test", "/\t/evil.test", " /evil", "/a b", "/a\\b", "/é", "/" + "x" * 5000),
    ],
)
def test_anything_else_leads_home(text: str) -> None:
    assert session.read_local_path(text) == "/"
