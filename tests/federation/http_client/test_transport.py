"""Deliveries by the one client that calls other servers, against real sockets on loopback."""

import asyncio
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web

from federation.errors import Cause
from federation.http_client.transport import AiohttpTransport
from federation.signatures import SignatureScheme
from models.settings import Settings
from tests.federation.loopback import ALICE, Memory, answer_in_turn, is_signed_for, serve


async def test_rs09_a_post_is_signed_for_its_host_and_carries_what_peers_demand(transport: AiohttpTransport) -> None:
    async with serve(answer_in_turn(202)) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b'{"id": "x"}', ALICE)

    [request] = server.requests
    assert answer.delivered and (answer.status, answer.error) == (202, None)
    assert answer.scheme is SignatureScheme.CAVAGE
    assert is_signed_for(server, request)
    assert request.headers["Content-Type"] == "application/activity+json"
    assert 'headers="(request-target) host date digest content-type"' in request.headers["Signature"]
    assert request.headers["User-Agent"].endswith("(+https://lomme.test)")
    assert request.body == b'{"id": "x"}'


@pytest.mark.parametrize("refusal", [400, 401])
async def test_rs09_a_refused_cavage_signature_is_followed_by_rfc9421(
    refusal: int, transport: AiohttpTransport, memory: Memory
) -> None:
    async with serve(answer_in_turn(refusal, 202)) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)
        again = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    first, second, third = server.requests
    assert answer.delivered and answer.scheme is SignatureScheme.RFC9421 and again.scheme is SignatureScheme.RFC9421
    assert "Digest" in first.headers and "Signature-Input" not in first.headers
    assert all("Signature-Input" in one.headers and is_signed_for(server, one) for one in (second, third))
    assert memory.known == {server.host: SignatureScheme.RFC9421}


async def test_rs10_there_are_two_knocks_at_most_and_a_401_wins(transport: AiohttpTransport, memory: Memory) -> None:
    async with serve(answer_in_turn(401, 400)) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert len(server.requests) == 2
    assert answer.status == 401 and answer.cause is Cause.SIGNATURE_REFUSED
    assert memory.known == {}


@pytest.mark.parametrize("stumble", [500, 401, 404, 429])
async def test_rs10_after_a_400_the_first_answer_stands_unless_the_second_is_better(
    stumble: int, transport: AiohttpTransport, memory: Memory
) -> None:
    async with serve(answer_in_turn(400, stumble)) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert len(server.requests) == 2
    assert answer.status == 400 and answer.cause is Cause.REFUSED and answer.scheme is SignatureScheme.CAVAGE
    assert memory.known == {}


@pytest.mark.parametrize("known", [SignatureScheme.CAVAGE, SignatureScheme.RFC9421])
async def test_rs10_a_400_of_a_host_whose_way_is_known_is_about_what_was_sent(
    known: SignatureScheme, transport: AiohttpTransport, memory: Memory
) -> None:
    async with serve(answer_in_turn(400, 500)) as server:
        memory.taken.add(server.host)
        if known is SignatureScheme.RFC9421:
            memory.known[server.host] = known

        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert len(server.requests) == 1
    assert answer.status == 400 and answer.scheme is known


async def test_rs10_a_401_of_a_known_host_is_still_followed_by_the_other_way(
    transport: AiohttpTransport, memory: Memory
) -> None:
    async with serve(answer_in_turn(401, 410)) as server:
        memory.taken.add(server.host)

        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert len(server.requests) == 2 and answer.status == 410


async def test_rs10_a_remembered_choice_that_fails_is_replaced(memory: Memory) -> None:
    transport = AiohttpTransport(Settings(url="https://lomme.test", test_federation=True), schemes=memory)
    async with serve(answer_in_turn(401, 202)) as server:
        memory.known[server.host] = SignatureScheme.RFC9421

        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert ["Signature-Input" in one.headers for one in server.requests] == [True, False]
    assert answer.scheme is SignatureScheme.CAVAGE and memory.known == {server.host: SignatureScheme.CAVAGE}
    await transport.close()


async def test_rs10_a_knock_that_the_caller_knows_is_taken_without_asking(
    transport: AiohttpTransport, memory: Memory
) -> None:
    async with serve(answer_in_turn(202)) as server:
        await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE, scheme=SignatureScheme.RFC9421)

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
    assert all(is_signed_for(server, one) for one in server.requests)


async def test_rs11_a_post_is_never_repeated_elsewhere(transport: AiohttpTransport) -> None:
    async with (
        serve(answer_in_turn(202), address="127.0.0.2") as other,
        serve(answer_in_turn(308, Location=f"{other.url}/inbox")) as server,
    ):
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert other.requests == [] and len(server.requests) == 1
    assert answer.status == 308 and answer.cause is Cause.REDIRECT


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_rs11_other_redirects_of_a_post_are_failures(status: int, transport: AiohttpTransport) -> None:
    async with serve(answer_in_turn(status, Location="/elsewhere")) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert len(server.requests) == 1
    assert answer.status == status and answer.cause is Cause.REDIRECT


async def test_rs11_a_second_redirect_of_a_post_is_not_followed(transport: AiohttpTransport) -> None:
    async with serve(answer_in_turn(307, Location="/again")) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert len(server.requests) == 2 and answer.status == 307


async def test_retry_after_and_the_cause_reach_the_caller(transport: AiohttpTransport) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    async with (
        serve(answer_in_turn(429, Retry_After="3600")) as busy,
        serve(answer_in_turn(503, Retry_After=later)) as ill,
    ):
        first = await transport.post_activity(f"{busy.url}/inbox", b"{}", ALICE)
        second = await transport.post_activity(f"{ill.url}/inbox", b"{}", ALICE)

    assert first.retry_after == 3600 and first.cause is Cause.TOO_MANY_REQUESTS
    assert second.retry_after is not None and 3500 <= second.retry_after <= 3600
    assert second.error == f"{ill.host} has a problem of its own. (HTTP 503)"


async def test_d11_a_refusal_by_a_server_with_another_time_is_about_the_clock(transport: AiohttpTransport) -> None:
    wrong = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    async with serve(answer_in_turn(401, Date=wrong)) as server:
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)

    assert answer.status == 401 and answer.cause is Cause.CLOCK


async def test_a_stopped_server_and_a_missing_name_are_told_apart(
    transport: AiohttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(answer_in_turn(202)) as server:
        pass
    stopped = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)
    monkeypatch.setattr(socket, "getaddrinfo", _fail_with(socket.gaierror(socket.EAI_NONAME, "no")))
    missing = await transport.post_activity("https://nobody.example/inbox", b"{}", ALICE)
    monkeypatch.setattr(socket, "getaddrinfo", _fail_with(socket.gaierror(socket.EAI_AGAIN, "later")))
    silent = await transport.post_activity("https://dns.example/inbox", b"{}", ALICE)

    assert stopped.status is None and stopped.cause is Cause.CONNECTION_REFUSED
    assert missing.cause is Cause.NAME_NOT_FOUND and silent.cause is Cause.NAME_UNANSWERED
    assert missing.error == "The name nobody.example does not exist."


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


@pytest.mark.parametrize("scheme", [SignatureScheme.CAVAGE, SignatureScheme.RFC9421])
async def test_ax23_what_is_said_of_followers_is_signed_too(
    scheme: SignatureScheme, transport: AiohttpTransport
) -> None:
    said = f'collectionId="https://lomme.test/f", url="https://lomme.test/s", digest="{"0" * 64}"'
    async with serve(answer_in_turn(202)) as server:
        await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE, scheme=scheme, synchronization=said)

    [request] = server.requests
    assert is_signed_for(server, request)
    assert request.headers["Collection-Synchronization"] == said
    names = request.headers["Signature" if scheme is SignatureScheme.CAVAGE else "Signature-Input"]
    assert "collection-synchronization" in names
