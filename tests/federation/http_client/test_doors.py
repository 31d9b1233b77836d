"""The doors of a server: where its name leads, whether each kind of address opens, and nothing behind the guard."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from federation.errors import Cause, FetchFailed
from federation.http_client import doors
from federation.http_client.address_guard import GuardedResolver
from federation.http_client.transport import AiohttpTransport
from models.settings import Settings
from tests.certificates import DAY, Authority, make_authority
from tests.federation.loopback import ALICE, answer_in_turn, serve


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def transport(authority: Authority) -> AsyncIterator[AiohttpTransport]:
    made = AiohttpTransport(Settings(url="https://lomme.test", test_federation=True, ca_file=authority.ca_file))
    yield made
    await made.close()


@pytest.fixture
async def public(authority: Authority) -> AsyncIterator[AiohttpTransport]:
    """As a real server has it: loopback is none of its business."""
    made = AiohttpTransport(Settings(url="https://lomme.example", ca_file=authority.ca_file))
    yield made
    await made.close()


def lead(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """The name service answers this, whatever the name."""

    def answer(host: str, port: int, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        kinds = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in addresses]
        return [(kind, socket.SOCK_STREAM, 6, "", (one, port)) for kind, one in zip(kinds, addresses, strict=True)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


@pytest.mark.parametrize(
    ("name", "ends", "cause", "days"),
    [
        ("localhost", 20 * DAY, None, 19),
        ("localhost", -DAY / 2, Cause.CERTIFICATE_EXPIRED, None),
        ("other.example", DAY, Cause.CERTIFICATE_WRONG_NAME, None),
    ],
)
async def test_a_certificate_is_looked_at_and_nothing_is_asked(
    name: str, ends: timedelta, cause: Cause | None, days: int | None, authority: Authority, transport: AiohttpTransport
) -> None:
    async with serve(answer_in_turn(200), tls=authority.issue(name, ends=ends).context, name="localhost") as server:
        [first, *_] = await transport.try_doors(server.url)

    assert (first.address, first.tried, first.cause) == ("127.0.0.1", True, cause)
    left = None if first.certificate_until is None else first.certificate_until - datetime.now(UTC)
    assert (None if left is None else left.days) == days and server.requests == []


async def test_one_address_of_each_kind_is_tried_and_all_are_told(
    monkeypatch: pytest.MonkeyPatch, transport: AiohttpTransport
) -> None:
    async with serve(answer_in_turn(200), name="lomme.localhost") as server:
        lead(monkeypatch, "127.0.0.1", "127.0.0.2", "::1", *(f"127.0.1.{number}" for number in range(1, 250)))
        found = await transport.try_doors(server.url)

    assert [(one.address, one.tried, one.cause) for one in found[:3]] == [
        ("127.0.0.1", True, None),
        ("::1", True, found[1].cause),
        ("127.0.0.2", False, None),
    ]
    assert found[1].cause is not None and len(found) == doors.MOST_ADDRESSES


async def test_a_door_that_never_opens_is_left_in_time(
    monkeypatch: pytest.MonkeyPatch, transport: AiohttpTransport
) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    monkeypatch.setattr(doors, "SECONDS", 0.1)
    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    [door] = await transport.try_doors(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    server.close()

    assert door.cause is Cause.TIMED_OUT


@pytest.mark.parametrize(
    ("origin", "addresses", "cause"),
    [
        ("https://henin.example", ["10.0.0.7"], Cause.PRIVATE_ADDRESS),
        ("https://henin.example", ["203.0.114.7", "::1"], Cause.PRIVATE_ADDRESS),
        ("https://henin.example", ["169.254.169.254"], Cause.PRIVATE_ADDRESS),
        ("https://127.0.0.1", [], Cause.PRIVATE_ADDRESS),
        ("https://2130706433", [], Cause.BAD_ADDRESS),
        ("http://henin.example", [], Cause.BAD_ADDRESS),
        ("https://henin.example:8443", [], Cause.BAD_ADDRESS),
        ("https://lomme.example", [], Cause.BAD_ADDRESS),
    ],
)
async def test_no_door_behind_the_guard_is_knocked_at(
    origin: str, addresses: list[str], cause: Cause, monkeypatch: pytest.MonkeyPatch, public: AiohttpTransport
) -> None:
    lead(monkeypatch, *addresses)

    with pytest.raises(FetchFailed) as failed:
        await public.try_doors(origin)

    assert failed.value.cause is cause


async def test_an_address_that_turns_private_meanwhile_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, public: AiohttpTransport
) -> None:
    """What the name service says is vetted twice: the socket sees where it really goes."""

    async def resolve(*_: Any) -> list[dict[str, Any]]:
        return [{"host": "127.0.0.1", "port": 443, "family": socket.AF_INET, "proto": 6}]

    monkeypatch.setattr(GuardedResolver, "resolve", resolve)

    [door] = await public.try_doors("https://henin.example")

    assert door.cause is Cause.PRIVATE_ADDRESS


async def test_what_is_asked_directly_follows_nothing_and_is_signed(transport: AiohttpTransport) -> None:
    async with serve(answer_in_turn(200)) as elsewhere:

        async def lead_away(request: web.BaseRequest) -> web.Response:
            return web.Response(status=302 if request.path == "/away" else 200, headers={"Location": elsewhere.url})

        async with serve(lead_away) as server:
            with pytest.raises(FetchFailed) as failed:
                await transport.get_directly(f"{server.url}/away", signer=ALICE)
            here = await transport.get_directly(f"{server.url}/here", signer=ALICE)

    assert (failed.value.cause, here.status, elsewhere.requests) == (Cause.REDIRECT, 200, [])
    asked = server.requests[0].headers
    assert "Signature" in asked and asked["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("routed", [True, False])
async def test_a_door_to_which_no_way_leads_from_here_is_told_from_one_that_is_shut(
    routed: bool, monkeypatch: pytest.MonkeyPatch, public: AiohttpTransport
) -> None:
    """A router on the way may say the same as a machine that has no such network."""

    class Socket(socket.socket):
        def connect(self, _: Any) -> None:
            assert self.type == socket.SOCK_DGRAM, "nothing is sent to find the way"
            if not routed:
                raise OSError(errno.EADDRNOTAVAIL, "no such network")

    async def resolve(*_: Any) -> list[dict[str, Any]]:
        return [{"host": "192.88.100.7", "port": 443, "family": socket.AF_INET, "proto": 6}]

    async def refuse(*_: Any) -> None:
        raise OSError(errno.ENETUNREACH, "no way")

    monkeypatch.setattr(GuardedResolver, "resolve", resolve)
    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", refuse)
    monkeypatch.setattr(socket, "socket", Socket)

    [door] = await public.try_doors("https://henin.example")

    assert (door.cause, door.routed) == (Cause.UNREACHABLE, routed)
