"""The address guard."""

import asyncio
import socket
import threading
from ipaddress import ip_address
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from federation.errors import Cause, FetchFailed
from federation.http_client.address_guard import (
    DNS_THREADS,
    Guard,
    GuardedResolver,
    PrivateAddress,
    is_public,
    to_ascii,
)
from tests.federation.loopback import serve

PUBLIC = Guard(own_host="lomme.example")
TESTING = Guard(own_host="127.0.0.1:9001", test_federation=True)

# fmt: off
PRIVATE_ADDRESSES = [
    "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "::1",            # B-01
    "0.0.0.0", "::", "255.255.255.255", "0.1.2.3",                                                          # B-02
    "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:0:808:808::",
    "100.64.0.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "192.0.2.1", "192.0.0.8", "192.88.99.1",          # B-03
    "fec0::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "5f00::1", "3fff::1", "2001:db8::1", "64:ff9b:1::1",
    "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:c0a8:101::1", "100::1", "203.0.113.7", "198.51.100.7", "240.0.0.1",
    "::8.8.8.8",
]
# fmt: on


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
def test_b03_special_addresses_are_never_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "192.0.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2a01:e00::1"],
)
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
def test_b02_no_socket_is_opened_towards_private_addresses(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    with pytest.raises(PrivateAddress):
        PUBLIC.open_socket((family, socket.SOCK_STREAM, 6, "", (address, 443)))


def test_b08_no_socket_is_opened_towards_other_ports() -> None:
    with pytest.raises(PrivateAddress):
        PUBLIC.open_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 5432)))


def test_test_federation_opens_loopback_and_nothing_else_private() -> None:
    assert TESTING.allows(ip_address("127.2.3.1"))
    assert TESTING.allows(ip_address("::1"))
    for address in PRIVATE_ADDRESSES:
        if not address.startswith("127.") and address != "::1":
            assert not TESTING.allows(ip_address(address)), address


@pytest.mark.parametrize(
    "url",
    [
        "http://2130706433/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/",
        "https://0/", "https://127.0.0.1./", "https://0x7f.1/", "https://1.2.3.0x4/",
    ],
)  # fmt: skip
def test_b04_odd_spellings_of_addresses_are_refused(url: str) -> None:
    for guard in (PUBLIC, TESTING):
        with pytest.raises(FetchFailed) as failed:
            guard.require_url(url)

        assert failed.value.cause in {Cause.BAD_ADDRESS, Cause.PRIVATE_ADDRESS}


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/x", "https://10.1.1.1"]
)
def test_b01_literal_private_addresses_are_refused_before_any_connect(url: str) -> None:
    with pytest.raises(FetchFailed) as failed:
        PUBLIC.require_url(url)

    assert failed.value.cause is Cause.PRIVATE_ADDRESS
    assert not failed.value.retry


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "data:text/plain,x", "gopher://a.example/", "ftp://a.example/", "//a.example/x", "",
        "https://good@evil.example/", "https://user:pw@evil.example/", "https://a.example:5432/", "https://",
        "https://a.example:99999/", "https://a.example/" + "x" * 2048, "https://a.example/\n", "https://a b.example/",
        "https://a.example\\@b.example/", "http://a.example/", "https://lomme.example/users/alice",
        "https://LOMME.example:443/users/alice",
    ],
)  # fmt: skip
def test_b08_addresses_that_are_no_plain_https_of_another_host_are_refused(url: str) -> None:
    with pytest.raises(FetchFailed) as failed:
        PUBLIC.require_url(url)

    assert failed.value.cause is Cause.BAD_ADDRESS


def test_test_federation_allows_http_ports_and_loopback() -> None:
    assert TESTING.require_url("http://127.2.3.1:9180/users/u1") == "127.2.3.1:9180"
    assert TESTING.require_url("http://localhost:8001/") == "localhost:8001"
    with pytest.raises(FetchFailed):
        TESTING.require_url("http://127.0.0.1:9001/users/alice")


async def test_b05_one_private_record_refuses_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: _records("8.8.8.8", "127.0.0.1"))
    resolver = GuardedResolver(PUBLIC)

    with pytest.raises(PrivateAddress):
        await resolver.resolve("rebind.example", 443)

    await resolver.close()


async def test_d17_a_name_service_that_fails_or_hangs_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang(*args: Any, **options: Any) -> Any:
        released.wait(5)
        raise socket.gaierror(socket.EAI_AGAIN, "later")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    resolver = GuardedResolver(PUBLIC)
    waiting = [asyncio.create_task(resolver.resolve(f"h{number}.example", 443)) for number in range(DNS_THREADS)]
    late = asyncio.create_task(resolver.resolve("late.example", 443))
    await asyncio.sleep(0)
    waiting[0].cancel()
    released.set()
    results = await asyncio.gather(*waiting, late, return_exceptions=True)

    assert isinstance(results[0], asyncio.CancelledError)
    assert all(isinstance(result, socket.gaierror) for result in results[1:])


async def test_d17_a_silent_name_service_is_not_waited_for_as_long_as_it_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: released.wait(5) and [])
    monkeypatch.setattr("federation.http_client.address_guard.LOOK_UP_SECONDS", 0.05)

    with pytest.raises(socket.gaierror) as error:
        await GuardedResolver(PUBLIC).resolve("silent.example", 443)

    assert error.value.errno == socket.EAI_AGAIN
    released.set()


@pytest.mark.parametrize("name", ["a..example", "x" * 70 + ".example", "\ud800.example"])
async def test_names_that_cannot_be_encoded_do_not_exist(name: str) -> None:
    with pytest.raises(OSError):
        await GuardedResolver(PUBLIC).resolve(name, 443)


async def test_resolved_addresses_keep_their_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: _records("8.8.8.8"))
    resolver = GuardedResolver(PUBLIC)

    found = await resolver.resolve("public.example", 443)

    assert [(one["host"], one["port"]) for one in found] == [("8.8.8.8", 443)]
    await resolver.close()


async def test_b05_a_name_that_changes_its_mind_is_stopped_at_the_socket() -> None:
    async def hello(request: web.BaseRequest) -> web.Response:
        return web.Response(text="secret")

    async with serve(hello) as server:
        for target in (server.url, f"http://rebind.example:{server.url.rpartition(':')[2]}"):
            connector = aiohttp.TCPConnector(socket_factory=PUBLIC.open_socket, resolver=_Liar())
            async with aiohttp.ClientSession(connector=connector) as client:
                with pytest.raises(aiohttp.ClientConnectorError) as failed:
                    await client.get(target)

            assert isinstance(failed.value.os_error, PrivateAddress)

        assert server.requests == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://A.example:443/x%7Ey?q=%C3%A9#part", "https://a.example/x%7Ey?q=%C3%A9"),
        ("https://a.example?x=1", "https://a.example/?x=1"),
        ("https://hénin.example/é", "https://xn--hnin-bpa.example/%C3%A9"),
        ("http://127.0.0.1:8000//double", "http://127.0.0.1:8000//double"),
    ],
)
def test_addresses_go_over_the_wire_as_they_were_written(url: str, expected: str) -> None:
    assert str(to_ascii(url)) == expected


class _Liar(AbstractResolver):
    """A name server that has vetted nothing and now answers loopback."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=6, flags=0)]

    async def close(self) -> None:
        """Nothing to close."""


def _records(*addresses: str) -> list[tuple[Any, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
