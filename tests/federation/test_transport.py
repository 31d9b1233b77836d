"""The one client that calls other servers, against real sockets on loopback."""

import asyncio
import gzip
import json
import socket
import tracemalloc
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web

from federation import transport as transport_module
from federation.errors import Cause, FetchFailed
from federation.signatures import Envelope, Knock, PublicKey, verify
from federation.transport import AiohttpTransport
from models.settings import Settings, Site
from tests.federation.loopback import Server, serve
from tests.fediverse import make_signer

ALICE = make_signer("https://lomme.test/users/alice#main-key")
ALICE_KEY = PublicKey(uri=ALICE.key_id, owner="https://lomme.test/users/alice", key=ALICE.private_key.public_key())


class Memory:
    """Remembers knocks in a dict."""

    def __init__(self, **known: Knock) -> None:
        self.known: dict[str, Knock] = dict(known)
        self.asked: list[str] = []

    async def find(self, host: str) -> Knock | None:
        self.asked.append(host)
        return self.known.get(host)

    async def keep(self, host: str, knock: Knock) -> None:
        self.known[host] = knock


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
async def transport(memory: Memory) -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport(Settings(url="https://lomme.test", test_federation=True), knocks=memory)
    yield transport
    await transport.close()


def _answers(*statuses: int, **headers: str) -> Callable[[web.BaseRequest], Any]:
    """A handler that gives these statuses in turn, the last one for ever."""
    waiting = list(statuses)

    async def handle(request: web.BaseRequest) -> web.Response:
        status = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return web.Response(status=status, headers={key.replace("_", "-"): value for key, value in headers.items()})

    return handle


def _holds(server: Server, request: Envelope) -> bool:
    return verify(request, ALICE_KEY, Site(url=server.url, host=server.host), datetime.now(UTC))


async def test_post_is_signed_for_its_host_and_carries_what_peers_demand(transport: AiohttpTransport) -> None:
    async with serve(_answers(202)) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b'{"id": "x"}', ALICE)

    [request] = server.requests
    assert answer.delivered and answer.status == 202 and answer.knock is Knock.CAVAGE and answer.error is None
    assert _holds(server, request)
    assert request.headers["Content-Type"] == "application/activity+json"
    assert 'headers="(request-target) host date digest content-type"' in request.headers["Signature"]
    assert request.headers["User-Agent"].endswith("(+https://lomme.test)")
    assert request.body == b'{"id": "x"}'


@pytest.mark.parametrize("refusal", [400, 401])
async def test_rs09_a_refused_cavage_signature_is_followed_by_rfc9421(
    refusal: int, transport: AiohttpTransport, memory: Memory
) -> None:
    async with serve(_answers(refusal, 202)) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)
        again = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    first, second, third = server.requests
    assert answer.delivered and answer.knock is Knock.RFC9421 and again.knock is Knock.RFC9421
    assert "Digest" in first.headers and "Signature-Input" not in first.headers
    assert all("Signature-Input" in one.headers and _holds(server, one) for one in (second, third))
    assert memory.known == {server.host: Knock.RFC9421}


async def test_rs10_there_are_two_knocks_at_most_and_a_401_wins(transport: AiohttpTransport, memory: Memory) -> None:
    async with serve(_answers(401, 400)) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert len(server.requests) == 2
    assert answer.status == 401 and answer.cause is Cause.SIGNATURE_REFUSED
    assert memory.known == {}


async def test_rs10_a_remembered_choice_that_fails_is_replaced(memory: Memory) -> None:
    transport = AiohttpTransport(Settings(url="https://lomme.test", test_federation=True), knocks=memory)
    async with serve(_answers(401, 202)) as server:
        memory.known[server.host] = Knock.RFC9421

        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert ["Signature-Input" in one.headers for one in server.requests] == [True, False]
    assert answer.knock is Knock.CAVAGE and memory.known == {server.host: Knock.CAVAGE}
    await transport.close()


async def test_a_knock_that_the_caller_knows_is_taken_without_asking(
    transport: AiohttpTransport, memory: Memory
) -> None:
    async with serve(_answers(202)) as server:
        await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE, knock=Knock.RFC9421)

    assert "Signature-Input" in server.requests[0].headers and memory.asked == []


@pytest.mark.parametrize("status", [307, 308])
async def test_rs11_a_repeated_post_stays_within_the_origin_and_is_signed_again(
    status: int, transport: AiohttpTransport
) -> None:
    async def handle(request: web.BaseRequest) -> web.Response:
        if request.raw_path == "/inbox":
            return web.Response(status=status, headers={"Location": "/shared?x=1"})
        return web.Response(status=202)

    async with serve(handle) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert answer.status == 202
    assert [one.path for one in server.requests] == ["/inbox", "/shared?x=1"]
    assert all(_holds(server, one) for one in server.requests)


async def test_rs11_a_post_is_never_repeated_elsewhere(transport: AiohttpTransport) -> None:
    async with (
        serve(_answers(202), address="127.0.0.2") as other,
        serve(_answers(308, Location=f"{other.url}/inbox")) as server,
    ):
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert other.requests == [] and len(server.requests) == 1
    assert answer.status == 308 and answer.cause is Cause.REDIRECT


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_rs11_other_redirects_of_a_post_are_failures(status: int, transport: AiohttpTransport) -> None:
    async with serve(_answers(status, Location="/elsewhere")) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert len(server.requests) == 1
    assert answer.status == status and answer.cause is Cause.REDIRECT


async def test_rs11_a_second_redirect_of_a_post_is_not_followed(transport: AiohttpTransport) -> None:
    async with serve(_answers(307, Location="/again")) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert len(server.requests) == 2 and answer.status == 307


async def test_retry_after_and_the_cause_reach_the_caller(transport: AiohttpTransport) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    async with serve(_answers(429, Retry_After="3600")) as busy, serve(_answers(503, Retry_After=later)) as ill:
        first = await transport.post_activity(f"{busy.url}/inbox", b"{}", ALICE)
        second = await transport.post_activity(f"{ill.url}/inbox", b"{}", ALICE)

    assert first.retry_after == 3600 and first.cause is Cause.TOO_MANY_REQUESTS
    assert second.retry_after is not None and 3500 <= second.retry_after <= 3600
    assert second.error == f"{ill.host} has a problem of its own. (HTTP 503)"


async def test_d11_a_refusal_by_a_server_with_another_time_is_about_the_clock(transport: AiohttpTransport) -> None:
    wrong = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    async with serve(_answers(401, Date=wrong)) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert answer.status == 401 and answer.cause is Cause.CLOCK


async def test_a_stopped_server_and_a_missing_name_are_told_apart(
    transport: AiohttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(_answers(202)) as server:
        pass
    stopped = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)
    monkeypatch.setattr(socket, "getaddrinfo", _fail_with(socket.gaierror(socket.EAI_NONAME, "no")))
    missing = await transport.post_activity("https://nobody.example/inbox", b"{}", ALICE)
    monkeypatch.setattr(socket, "getaddrinfo", _fail_with(socket.gaierror(socket.EAI_AGAIN, "later")))
    silent = await transport.post_activity("https://dns.example/inbox", b"{}", ALICE)

    assert stopped.status is None and stopped.cause is Cause.CONNECTION_REFUSED
    assert missing.cause is Cause.NAME_NOT_FOUND and silent.cause is Cause.NAME_UNANSWERED
    assert missing.error == "The name nobody.example does not exist."


async def test_b01_a_local_server_is_never_reached_outside_test_federation() -> None:
    transport = AiohttpTransport(Settings(url="https://lomme.example"))
    async with serve(_answers(200)) as server:
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


async def test_get_is_signed_and_follows_redirects_signing_each_hop_for_its_host(
    transport: AiohttpTransport,
) -> None:
    async def serve_document(request: web.BaseRequest) -> web.Response:
        return web.json_response({"id": "x"}, content_type="application/activity+json")

    async with (
        serve(serve_document, address="127.0.0.2") as other,
        serve(_answers(302, Location=f"{other.url}/users/bob?x=1#me")) as server,
    ):
        fetched = await transport.get_document(f"{server.url}/@bob", signer=ALICE)

    assert json.loads(fetched.body) == {"id": "x"} and fetched.url == f"{other.url}/users/bob?x=1"
    assert _holds(server, server.requests[0]) and _holds(other, other.requests[0])
    assert other.requests[0].path == "/users/bob?x=1"


async def test_b06_redirects_inside_out_of_http_and_in_circles_are_refused(transport: AiohttpTransport) -> None:
    for target in ("file:///etc/passwd", "gopher://a.example/", "http://10.0.0.1/", "/same", "data:,x", ""):
        async with serve(_answers(302, Location=target)) as server:
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
    async with serve(_answers(status)) as server:
        with pytest.raises(FetchFailed) as failed:
            await transport.get_document(server.url)

    assert (failed.value.cause, failed.value.answer, failed.value.retry) == (cause, status, retry)


async def test_b10_a_packed_bomb_is_cut_at_the_limit(transport: AiohttpTransport) -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, 9)

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


async def test_a_connection_that_was_closed_meanwhile_is_opened_anew(transport: AiohttpTransport) -> None:
    served = 0

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one request as if it kept the connection, and breaks it off at the next."""
        nonlocal served
        for number in range(2):
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(2)
            if number:
                break
            served += 1
            writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(once, "127.0.0.1", 0)
    inbox = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/inbox"

    answers = [await transport.post_activity(inbox, b"{}", ALICE) for _ in range(3)]

    assert [one.status for one in answers] == [202, 202, 202] and served == 3
    server.close()


async def test_a_server_that_always_breaks_off_is_reported(transport: AiohttpTransport) -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(rude, "127.0.0.1", 0)

    answer = await transport.post_activity(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/inbox", b"{}", ALICE)

    assert answer.status is None and answer.cause is Cause.CONNECTION_LOST
    server.close()


@pytest.mark.parametrize("size", [10, 10_000, 5_000_000])
async def test_d08_an_answer_with_a_garbage_body_is_still_an_answer(size: int, transport: AiohttpTransport) -> None:
    async def garbage(request: web.BaseRequest) -> web.Response:
        return web.Response(status=202, body=b"\xff" * size)

    async with serve(garbage) as server:
        answers = [await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE) for _ in range(2)]

    assert [one.status for one in answers] == [202, 202]


def _fail_with(error: Exception) -> Callable[..., Any]:
    def fail(*args: Any, **options: Any) -> Any:
        raise error

    return fail
