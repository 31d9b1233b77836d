"""How whole answers leave: packed for who can unpack them, tagged, and not sent again where nothing changed."""

import gzip
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from web.middlewares.answers import LEAST, answer_middleware, pack

Client = TestClient[web.Request, web.Application]

PAGE = "<p>Perceuse à percussion, Lomme</p>" * 100
GZIP = {"Accept-Encoding": "br, gzip;q=0.8"}


MARKED = {"ETag": '"7"', "Cache-Control": "public, max-age=60", "Vary": "Accept"}

ANSWERS: dict[str, dict[str, Any]] = {
    "page": {"text": PAGE, "content_type": "text/html"},
    "missing": {"text": PAGE, "content_type": "text/html", "status": 404},
    "short": {"text": "x" * (LEAST - 1), "content_type": "text/html"},
    "photo": {"body": b"\xff" * 5000, "content_type": "image/jpeg"},
    "marked": {"text": PAGE, "content_type": "application/activity+json", "headers": MARKED},
    "secret": {"text": PAGE, "content_type": "application/json", "headers": {"Cache-Control": "no-store"}},
    "packed": {
        "body": gzip.compress(PAGE.encode()),
        "content_type": "text/css",
        "headers": {"Content-Encoding": "gzip"},
    },
}


async def show(request: web.Request) -> web.StreamResponse:
    return web.Response(**ANSWERS[request.match_info["what"]])


async def show_with_cookie(_: web.Request) -> web.StreamResponse:
    answer = web.Response(**ANSWERS["page"])
    answer.set_cookie("form", "1")
    return answer


async def show_in_pieces(request: web.Request) -> web.StreamResponse:
    stream = web.StreamResponse(headers={"Content-Type": "text/html"})
    await stream.prepare(request)
    await stream.write(PAGE.encode())
    return stream


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    app = web.Application(middlewares=[answer_middleware])
    app.router.add_get("/cookie", show_with_cookie)
    app.router.add_get("/stream", show_in_pieces)
    app.router.add_route("*", "/{what}", show)
    async with TestClient(TestServer(app), auto_decompress=False) as client:
        yield client


async def ask(client: Client, what: str, method: str = "GET", **headers: str) -> ClientResponse:
    return await client.request(method, f"/{what}", headers=GZIP | headers)


async def test_a_page_leaves_packed(client: Client) -> None:
    answer = await ask(client, "page")

    assert gzip.decompress(await answer.read()).decode() == PAGE
    assert answer.headers["Content-Encoding"] == "gzip" and answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) < len(PAGE) / 5


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0", ""])
async def test_who_cannot_unpack_it_gets_it_as_it_is(client: Client, accepted: str) -> None:
    answer = await ask(client, "page", **{"Accept-Encoding": accepted})

    assert (await answer.read()).decode() == PAGE
    assert "Content-Encoding" not in answer.headers and answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("what", ["short", "photo", "stream"])
async def test_what_would_not_get_smaller_or_comes_in_pieces_passes_as_it_is(client: Client, what: str) -> None:
    answer = await ask(client, what)

    assert answer.status == 200 and "Content-Encoding" not in answer.headers


async def test_what_is_packed_already_is_not_packed_twice(client: Client) -> None:
    answer = await ask(client, "packed")

    assert gzip.decompress(await answer.read()).decode() == PAGE and "ETag" not in answer.headers


async def test_the_same_page_is_not_sent_twice(client: Client) -> None:
    first = await ask(client, "page")
    again = await ask(client, "page", **{"If-None-Match": first.headers["ETag"]})
    plain = await ask(client, "page", **{"If-None-Match": first.headers["ETag"], "Accept-Encoding": "identity"})

    assert first.headers["ETag"].startswith('W/"') and first.headers["Cache-Control"] == "no-cache"
    for known in (again, plain):
        assert (known.status, await known.read(), known.headers["ETag"]) == (304, b"", first.headers["ETag"])
        assert known.headers["Vary"] == "Accept-Encoding" and "Content-Encoding" not in known.headers


async def test_a_head_says_what_a_get_would(client: Client) -> None:
    whole, head = await ask(client, "page"), await ask(client, "page", "HEAD")
    known = await ask(client, "page", "HEAD", **{"If-None-Match": whole.headers["ETag"]})

    for name in ("ETag", "Vary", "Content-Encoding", "Content-Type", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]
    assert (await head.read(), known.status) == (b"", 304)


async def test_what_its_view_marked_keeps_its_mark_which_is_weak_once_packed(client: Client) -> None:
    answer = await ask(client, "marked")
    known = await ask(client, "marked", **{"If-None-Match": answer.headers["ETag"]})
    plain = await ask(client, "marked", **{"Accept-Encoding": "identity"})

    assert (answer.headers["ETag"], plain.headers["ETag"], known.status) == ('W/"7"', '"7"', 304)
    assert answer.headers["Cache-Control"] == known.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"


async def test_secrets_errors_and_what_was_sent_have_no_tag(client: Client) -> None:
    for what, method in (("secret", "GET"), ("missing", "GET"), ("page", "POST")):
        answer = await ask(client, what, method)

        assert "ETag" not in answer.headers and gzip.decompress(await answer.read()).decode() == PAGE


async def test_a_cookie_goes_along_with_a_page_that_is_known(client: Client) -> None:
    first = await ask(client, "cookie")
    known = await ask(client, "cookie", **{"If-None-Match": first.headers["ETag"]})

    assert known.status == 304 and "form" in known.cookies


def test_the_size_of_a_packed_page_varies() -> None:
    sizes = {len(pack(PAGE.encode())) for _ in range(60)}

    assert len(sizes) > 10 and max(sizes) - min(sizes) < 100


def test_packing_forty_kilobytes_of_html_takes_less_than_a_millisecond_of_this_processor() -> None:
    lines = [f'<li class="listing h-entry"><a href="/annonces/{one}">Échelle {one * 7919}</a>' for one in range(600)]
    body = "".join(lines).encode()[:40_000]

    times = []
    for _ in range(7):
        begun = time.process_time()
        pack(body)
        times.append(time.process_time() - begun)

    assert min(times) < 0.003  # a third of it on a machine with nothing else to do
