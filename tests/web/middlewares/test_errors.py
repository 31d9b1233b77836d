"""Errors: one sentence in the form that the client understands, and never a traceback."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from federation.sandbox.pictures import PicturesBusy
from models.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Unauthenticated, Unavailable
from models.store.database import Pool
from tests.web.small_app import Client, make_instance, serving

RAISED = {
    "notfound": NotFound(),
    "gone": Gone(),
    "forbidden": Forbidden(),
    "conflict": Conflict("listing_changed"),
    "invalid": Invalid("title_missing", field="title"),
    "unauthenticated": Unauthenticated(),
    "unavailable": Unavailable("connection to 10.0.0.3 refused"),
    "pictures": PicturesBusy(),
    "bug": ZeroDivisionError("secret detail"),
}


async def fail(request: web.Request) -> web.Response:
    raise RAISED[request.match_info["kind"]]


async def read(request: web.Request) -> web.Response:
    await request.read()
    return web.Response()


@pytest.fixture
async def client(pool: Pool) -> AsyncIterator[Client]:
    """Views that fail in every way, for people, apps and servers."""
    views = [web.get(f"{prefix}/{{kind}}", fail) for prefix in ("/pages", "/coop", "/api/v1", "/users")]
    async with serving(make_instance(pool), [*views, web.post("/inbox", read)]) as client:
        yield client


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("notfound", 404),
        ("gone", 410),
        ("forbidden", 403),
        ("conflict", 409),
        ("invalid", 422),
        ("unauthenticated", 401),
        ("unavailable", 503),
        ("bug", 500),
    ],
)
async def test_the_same_error_has_one_status_and_three_forms(client: Client, kind: str, status: int) -> None:
    page = await client.get(f"/pages/{kind}", headers={"Accept": "text/html", "Accept-Language": "fr"})
    app = await client.get(f"/api/v1/{kind}")
    server = await client.get(f"/users/{kind}", headers={"Accept": "application/activity+json"})

    assert [page.status, app.status, server.status] == [status] * 3
    assert "<!doctype html>" in await page.text()
    assert list(await app.json()) == ["error", "code", *(["field"] if kind == "invalid" else [])]
    assert list(await server.json()) == ["error"]


async def test_a_bug_shows_a_mark_and_nothing_of_itself(client: Client) -> None:
    answer = await client.get("/pages/bug", headers={"Accept": "text/html"})
    text = await answer.text()

    assert answer.headers["X-Request-Id"] in text
    assert "secret detail" not in text
    assert "Traceback" not in text


async def test_a_database_that_is_away_says_when_to_come_back_and_nothing_of_itself(client: Client) -> None:
    answer = await client.get("/api/v1/unavailable")

    assert int(answer.headers["Retry-After"]) > 0
    assert "10.0.0.3" not in await answer.text()


async def test_whoever_looks_after_the_place_reads_that_it_is_the_database(client: Client) -> None:
    html = {"Accept": "text/html", "Accept-Language": "fr"}

    coop, page, pictures = [
        await (await client.get(path, headers=html)).text()
        for path in ("/coop/unavailable", "/pages/unavailable", "/coop/pictures")
    ]

    assert "Sa base de données ne répond pas" in coop and "declic doctor" in coop
    assert "base de données" not in page and "base de données" not in pictures


async def test_what_else_is_away_is_not_taken_for_the_database(client: Client) -> None:
    answer = await client.get("/api/v1/pictures")

    assert (answer.status, "Retry-After" in answer.headers) == (503, True)
    assert (await answer.json())["code"] == PicturesBusy.code


async def test_an_address_that_does_not_exist_gets_the_form_that_fits_it(client: Client) -> None:
    page = await client.get("/nowhere", headers={"Accept": "text/html"})
    app = await client.get("/api/v1/nowhere/at/all")

    assert (page.status, page.content_type) == (404, "text/html")
    assert (app.status, app.content_type) == (404, "application/json")


async def test_a_wrong_method_names_the_right_ones(client: Client) -> None:
    answer = await client.put("/api/v1/notfound")

    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]


async def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    answer = await client.post("/inbox", data=b"x" * (1024 * 1024 + 1))

    assert answer.status == 413
    assert "too large" in (await answer.json())["error"]
