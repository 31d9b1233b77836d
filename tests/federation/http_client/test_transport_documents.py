"""Documents fetched by the one client that calls other servers, against real sockets on loopback."""

import asyncio
import gzip
import json
import socket
import tracemalloc
from contextlib import suppress

import pytest
from aiohttp import web

from federation.errors import Cause, FetchFailed
from federation.http_client import transport as transport_module
from federation.http_client.transport import AiohttpTransport
from federation.signatures import SignatureScheme
from models.settings import Settings
from tests.bombs import pack_gzip
from tests.federation.loopback import ALICE, answer_in_turn, is_signed_for, serve


async def test_b01_a_local_server_is_never_reached_outside_test_federation() -> None:
    transport = AiohttpTransport(Settings(url="https://lomme.example"))
    async with serve(answer_in_turn(200)) as server:
        port = server.url.rpartition(":")[2]
        for host in (
            "127.0.0.1",
            "localhost",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "2130706433",
            "0",
            "127.1",
            "lomme.example",
        ):
            for scheme in ("http", "https"):
                for url in (f"{scheme}://{host}:{port}/", f"{scheme}://{host}/"):
                    with pytest.raises(FetchFailed) as failed:
                        await transport.get_document(url, signer=ALICE)
                    assert failed.value.cause in {Cause.BAD_ADDRESS, Cause.PRIVATE_ADDRESS}, url
                    answer = await transport.post_activity(url, b"{}", ALICE)
                    assert answer.status is None

    assert server.requests == []
    await transport.close()


async def test_b01_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    transport = AiohttpTransport(Settings(url="https://lomme.example"))
    record = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: [record])

    with pytest.raises(FetchFailed) as failed:
        await transport.get_document("https://inside.example/", signer=ALICE)

    assert failed.value.cause is Cause.PRIVATE_ADDRESS and not failed.value.retry
    await transport.close()


async def test_rs11_a_get_is_signed_and_follows_redirects_signing_each_hop_for_its_host(
    transport: AiohttpTransport,
) -> None:
    async def serve_document(request: web.BaseRequest) -> web.Response:
        return web.json_response({"id": "x"}, content_type="application/activity+json")

    async with (
        serve(serve_document, address="127.0.0.2") as other,
        serve(answer_in_turn(302, Location=f"{other.url}/users/bob?x=1#me")) as server,
    ):
        fetched = await transport.get_document(f"{server.url}/@bob", signer=ALICE)

    assert json.loads(fetched.body) == {"id": "x"} and fetched.url == f"{other.url}/users/bob?x=1"
    assert is_signed_for(server, server.requests[0]) and is_signed_for(other, other.requests[0])
    assert other.requests[0].path == "/users/bob?x=1"


@pytest.mark.parametrize(
    "path", ["/users/%7Ebob?q=%C3%A9&x=a%20b+c", "/é?ü=ß", "//double//", "?x", "/a;b=c/@d:e", "/%2F/%2e%2e/x"]
)
async def test_rs09_the_address_that_is_signed_is_the_one_that_is_sent(path: str, transport: AiohttpTransport) -> None:
    async with serve(answer_in_turn(200)) as server:
        await transport.get_document(f"{server.url}{path}", signer=ALICE)
        await transport.post_activity(f"{server.url}{path}", b"{}", ALICE, scheme=SignatureScheme.RFC9421)

    assert all(is_signed_for(server, one) for one in server.requests)


async def test_b06_redirects_inside_out_of_http_and_in_circles_are_refused(transport: AiohttpTransport) -> None:
    for target in ("file:///etc/passwd", "gopher://a.example/", "http://10.0.0.1/", "/same", "data:,x", ""):
        async with serve(answer_in_turn(302, Location=target)) as server:
            with pytest.raises(FetchFailed) as failed:
                await transport.get_document(f"{server.url}/same")

        assert failed.value.cause in {Cause.REDIRECT, Cause.BAD_ADDRESS, Cause.PRIVATE_ADDRESS}, target
        assert len(server.requests) == 1


async def test_b06_three_hops_are_the_most(transport: AiohttpTransport) -> None:
    async def count(request: web.BaseRequest) -> web.Response:
        return web.Response(status=302, headers={"Location": f"/{int(request.raw_path[1:]) + 1}"})

    async with serve(count) as server:
        with pytest.raises(FetchFailed) as failed:
            await transport.get_document(f"{server.url}/0")

    assert failed.value.cause is Cause.REDIRECT
    assert [one.path for one in server.requests] == ["/0", "/1", "/2", "/3"]


async def test_b14_many_names_cannot_lead_us_to_one_server_for_ever(transport: AiohttpTransport) -> None:
    async with (
        serve(answer_in_turn(200), address="127.0.0.2") as victim,
        serve(answer_in_turn(302, Location=f"{victim.url}/x")) as mallory,
        serve(answer_in_turn(302, 200, Location="/y")) as friend,
    ):
        for number in range(40):
            with suppress(FetchFailed):
                await transport.get_document(f"{mallory.url}/{number}")
        with pytest.raises(FetchFailed) as failed:
            await transport.get_document(f"{mallory.url}/again")
        await transport.get_document(f"{victim.url}/own")
        await transport.get_document(f"{friend.url}/x")

    assert (failed.value.cause, failed.value.retry) == (Cause.TOO_MANY_FETCHES, True)
    assert len(victim.requests) == 30 + 1, "who asks it by its own name is not counted"


@pytest.mark.parametrize(
    ("status", "cause", "retry"),
    [
        (404, Cause.NOT_FOUND, False), (410, Cause.GONE, False), (403, Cause.FORBIDDEN, False),
        (401, Cause.SIGNATURE_REFUSED, True), (503, Cause.SERVER_ERROR, True), (418, Cause.REFUSED, False),
    ],
)  # fmt: skip
async def test_failed_fetches_tell_the_cause_and_whether_it_may_pass(
    status: int, cause: Cause, retry: bool, transport: AiohttpTransport
) -> None:
    async with serve(answer_in_turn(status)) as server:
        with pytest.raises(FetchFailed) as failed:
            await transport.get_document(server.url)

    assert (failed.value.cause, failed.value.answer, failed.value.retry) == (cause, status, retry)


async def test_b10_a_packed_bomb_is_cut_at_the_limit(transport: AiohttpTransport) -> None:
    bomb = pack_gzip(b"\0")

    async def explode(request: web.BaseRequest) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    async with serve(explode) as server:
        tracemalloc.start()
        with pytest.raises(FetchFailed) as failed:
            await transport.get_document(server.url)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert failed.value.cause is Cause.TOO_LARGE
    assert peak < 16_000_000


async def test_packed_documents_are_unpacked_and_other_packings_refused(transport: AiohttpTransport) -> None:
    async def packed(request: web.BaseRequest) -> web.Response:
        kind = request.raw_path[1:]
        body = gzip.compress(b'{"id": "x"}')
        return web.Response(body=body[:-3] if kind == "cut" else body, headers={
            "Content-Encoding": "gzip" if kind == "cut" else kind
        })  # fmt: skip

    async with serve(packed) as server:
        fetched = await transport.get_document(f"{server.url}/gzip")
        causes = []
        for kind in ("br", "zstd", "cut", "deflate"):
            with pytest.raises(FetchFailed) as failed:
                await transport.get_document(f"{server.url}/{kind}")
            causes.append(failed.value.cause)

    assert fetched.body == b'{"id": "x"}'
    assert server.requests[0].headers["Accept-Encoding"] == "gzip"
    assert causes == [Cause.WRONG_TYPE, Cause.WRONG_TYPE, Cause.CONNECTION_LOST, Cause.WRONG_TYPE]


async def test_b10_plain_bodies_are_cut_at_the_limit_too(transport: AiohttpTransport) -> None:
    async def large(request: web.BaseRequest) -> web.Response:
        return web.Response(body=b"x" * 2_000)

    async with serve(large) as server:
        assert len((await transport.get_document(server.url, limit=2_000)).body) == 2_000
        with pytest.raises(FetchFailed) as failed:
            await transport.get_document(server.url, limit=1_999)

    assert failed.value.cause is Cause.TOO_LARGE


@pytest.mark.parametrize("setting", ["IDLE_SECONDS", "TOTAL_SECONDS"])
async def test_b09_a_server_that_trickles_is_cut_off(
    setting: str, transport: AiohttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, setting, 0.15)
    ended = asyncio.Event()

    async def trickle(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        if setting == "IDLE_SECONDS":
            await ended.wait()
        while not ended.is_set():
            await response.write(b" ")
            await asyncio.sleep(0.01)
        return response

    async with serve(trickle) as server:
        with pytest.raises(FetchFailed) as failed:
            await transport.get_document(server.url)
        ended.set()

    assert failed.value.cause is Cause.TIMED_OUT and failed.value.retry


async def test_what_is_held_already_is_asked_for_by_its_tag_and_nothing_else_may_be_unchanged(
    transport: AiohttpTransport,
) -> None:
    async def serve_document(request: web.BaseRequest) -> web.Response:
        held = request.headers.get("If-None-Match") == '"7"'
        return web.Response(status=304 if held else 200, text="{}", headers={"ETag": '"7"'})

    async with serve(serve_document) as server, serve(answer_in_turn(304)) as odd:
        first = await transport.get_document(f"{server.url}/c", signer=ALICE)
        again = await transport.get_document(f"{server.url}/c", signer=ALICE, etag=first.headers["ETag"])
        with pytest.raises(FetchFailed):
            await transport.get_document(f"{odd.url}/c", signer=ALICE)

    assert (first.status, again.status, again.body) == (200, 304, b"")
