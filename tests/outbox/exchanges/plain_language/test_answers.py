"""What each thing that a peer can do to a delivery leads to, over real sockets: the table of HT5."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from federation.errors import Cause
from federation.http_client import transport as transport_module
from federation.http_client.transport import AiohttpTransport
from models.settings import Settings
from outbox.traffic.outcomes import Delivered, Outcome, RetryLater, RetryPersonalInbox, Undeliverable, judge
from tests.certificates import DAY, Authority, make_authority
from tests.federation.loopback import ALICE, Handler, answer_in_turn, is_signed_for, serve
from tests.outbox.traffic.test_outcomes import make_delivery

CREATED = datetime.now(UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whoever signs certificates here."""
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def transport(authority: Authority) -> AsyncIterator[AiohttpTransport]:
    """The real client."""
    settings = Settings(url="https://lomme.test", test_federation=True, ca_file=authority.ca_file)
    transport = AiohttpTransport(settings)
    yield transport
    await transport.close()


async def deliver(transport: AiohttpTransport, url: str, *, attempts: int = 0, personal: bool = False) -> Outcome:
    """What becomes of a delivery there."""
    answer = await transport.post_activity(f"{url}/inbox", b'{"id": "x"}', ALICE)
    inbox = None if personal else "https://henin.test/users/bob/inbox"
    delivery = replace(make_delivery(personal_inbox=inbox, attempts=attempts), created_at=CREATED)
    return judge(delivery, answer, at=CREATED, chance=0.5)


def wait_of(outcome: Outcome) -> timedelta:
    """How long it is put off."""
    assert isinstance(outcome, RetryLater)
    return outcome.due_at - CREATED


async def test_ht05_a_202_with_any_body_is_an_arrival(transport: AiohttpTransport) -> None:
    async def garbage(request: web.BaseRequest) -> web.Response:
        return web.Response(status=202, body=b"\xff\x00<html>" * 5000, content_type="image/png")

    async with serve(garbage) as server:
        assert isinstance(await deliver(transport, server.url), Delivered)


@pytest.mark.parametrize("silent", [True, False])
async def test_ht05_an_answer_that_comes_too_late_is_tried_again(
    silent: bool, transport: AiohttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, "IDLE_SECONDS", 0.1)
    ended = asyncio.Event()

    async def wait(request: web.BaseRequest) -> web.Response:
        await (ended.wait() if silent else asyncio.sleep(0.3))
        return web.Response(status=200)

    async with serve(wait) as server:
        outcome = await deliver(transport, server.url)
        ended.set()

    assert wait_of(outcome) == timedelta(seconds=15)
    assert isinstance(outcome, RetryLater) and outcome.cause is Cause.TIMED_OUT and outcome.failing


@asynccontextmanager
async def serve_reset() -> AsyncIterator[str]:
    """A peer that begins an answer and resets the connection in the middle of it; its address."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 202 Acc")
        await writer.drain()
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_ht05_a_connection_reset_in_the_answer_is_tried_again(transport: AiohttpTransport) -> None:
    async with serve_reset() as url:
        outcome = await deliver(transport, url)

    assert isinstance(outcome, RetryLater) and outcome.failing and outcome.cause is Cause.CONNECTION_LOST


async def test_ht05_an_expired_certificate_is_tried_again_and_named(
    transport: AiohttpTransport, authority: Authority
) -> None:
    tls = authority.issue("localhost", begins=-2 * DAY, ends=-DAY).context
    async with serve(answer_in_turn(202), tls=tls, name="localhost") as server:
        outcome = await deliver(transport, server.url)

    assert isinstance(outcome, RetryLater) and outcome.failing and outcome.cause is Cause.CERTIFICATE_EXPIRED
    assert server.requests == []


async def test_ht05_three_times_500_and_then_202_arrives(transport: AiohttpTransport) -> None:
    async with serve(answer_in_turn(500, 500, 500, 202)) as server:
        outcomes = [await deliver(transport, server.url, attempts=attempts) for attempts in range(4)]

    assert [wait_of(one) for one in outcomes[:3]] == [
        timedelta(seconds=15),
        timedelta(minutes=2),
        timedelta(minutes=10),
    ]
    assert isinstance(outcomes[3], Delivered)


async def test_ht05_whoever_asks_for_an_hour_gets_it(transport: AiohttpTransport) -> None:
    async with serve(answer_in_turn(429, Retry_After="3600")) as server:
        outcome = await deliver(transport, server.url)

    assert wait_of(outcome) == timedelta(hours=1)
    assert isinstance(outcome, RetryLater) and not outcome.failing


async def test_ht05_a_redirect_to_itself_is_not_followed_and_tried_again(transport: AiohttpTransport) -> None:
    async with serve(answer_in_turn(301, Location="/inbox")) as server:
        outcome = await deliver(transport, server.url)

    assert len(server.requests) == 1
    assert isinstance(outcome, RetryLater) and outcome.cause is Cause.REDIRECT


async def test_ht05_a_401_is_knocked_at_twice_and_tried_again_for_ten_days(transport: AiohttpTransport) -> None:
    async with serve(answer_in_turn(401)) as server:
        outcome = await deliver(transport, server.url)
        answer = await transport.post_activity(f"{server.url}/inbox", b"{}", ALICE)
    last = judge(make_delivery(attempts=16), answer, at=make_delivery().created_at + timedelta(days=10), chance=0.5)

    assert isinstance(outcome, RetryLater) and not outcome.failing and outcome.cause is Cause.SIGNATURE_REFUSED
    assert len(server.requests) == 4
    assert isinstance(last, Undeliverable) and not last.missing


@pytest.mark.parametrize("status", [404, 410])
async def test_ht05_a_missing_shared_inbox_leads_to_the_person_and_then_to_the_end(
    status: int, transport: AiohttpTransport
) -> None:
    async with serve(answer_in_turn(status)) as server:
        shared = await deliver(transport, server.url)
        personal = await deliver(transport, server.url, personal=True)

    assert isinstance(shared, RetryPersonalInbox)
    assert isinstance(personal, Undeliverable) and personal.missing


@pytest.mark.parametrize("status", [400, 403, 405, 413, 415, 422])
async def test_ht05_other_refusals_end_it_for_that_inbox(status: int, transport: AiohttpTransport) -> None:
    async with serve(answer_in_turn(status)) as server:
        outcome = await deliver(transport, server.url)

    assert isinstance(outcome, Undeliverable) and not outcome.failing and not outcome.missing


def answer_at(ahead: timedelta, status: int) -> Handler:
    """An answer of a machine whose clock is ahead by this much."""

    async def handle(request: web.BaseRequest) -> web.Response:
        date = (datetime.now(UTC) + ahead).strftime("%a, %d %b %Y %H:%M:%S GMT")
        return web.Response(status=status, headers={"Date": date})

    return handle


@pytest.mark.parametrize(("minutes", "status"), [(47, 401), (-50, 401), (120, 202)])
async def test_the_clock_of_a_peer_is_measured_from_every_answer(
    minutes: int, status: int, transport: AiohttpTransport
) -> None:
    async with serve(answer_at(timedelta(minutes=minutes), status)) as server:
        outcome = await deliver(transport, server.url)

    assert isinstance(outcome, Delivered | RetryLater)
    assert outcome.clock == pytest.approx(minutes * 60, abs=5)
    assert isinstance(outcome, Delivered) or outcome.cause is Cause.CLOCK


async def test_ht10_every_attempt_is_signed_anew_over_the_same_bytes(
    transport: AiohttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [datetime.now(UTC) - timedelta(minutes=2), datetime.now(UTC)]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # tests ask it for no time zone
            return clock.pop(0) if len(clock) > 1 else clock[0]

    monkeypatch.setattr(transport_module, "datetime", Clock)
    async with serve(answer_in_turn(503, 202)) as server:
        await deliver(transport, server.url)
        await deliver(transport, server.url, attempts=1)

    first, second = server.requests
    assert first.headers["Date"] != second.headers["Date"]
    assert first.headers["Signature"] != second.headers["Signature"]
    assert (first.body, first.headers["Digest"]) == (second.body, second.headers["Digest"])
    assert is_signed_for(server, second)
