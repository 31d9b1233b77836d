"""The address guard: which addresses of the internet may be called, checked at the very socket (B-01 to B-08)."""

import asyncio
import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from federation.errors import Cause, FetchFailed
from federation.uris import host_of, origin_of
from models.errors import Invalid

# fmt: off
PRIVATE_V4 = tuple(IPv4Network(network) for network in (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
    "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
))
"""IANA's special-purpose registry, whole: Python's `is_global` calls some of these public."""

GLOBAL_V6 = IPv6Network("2000::/3")
PRIVATE_V6 = tuple(IPv6Network(network) for network in (
    "2001::/23",        # protocol assignments: Teredo, benchmarking, ORCHID
    "2001:db8::/32", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20",
))
# fmt: on

_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_6TO4 = IPv6Network("2002::/16")
_LOOPBACKS = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))

_AFTER_AUTHORITY = re.compile(r"[^:/?#]+://[^/?#]*(.*)", re.DOTALL)
_NUMERIC_LABEL = re.compile(r"(?:\d+|0[xX][0-9a-fA-F]*)")

DNS_THREADS = 64
"""Names that are slow to look up, such as those that strangers make up, must not keep others waiting (D17)."""

LOOK_UP_SECONDS = 10.0
"""After so long a name counts as unanswered; the time for a connection does not include this."""

WEB_PORTS = frozenset({80, 443})

Address = IPv4Address | IPv6Address


class PrivateAddress(OSError):
    """An address that this server never calls; an OSError, because that is what sockets raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What may be called: `own_host` never; loopback, http and any port in test federation only."""

    own_host: str
    test_federation: bool = False

    def require_url(self, url: str) -> str:
        """The host of `url` when it looks like something to call. Raises FetchFailed.

        This gives early and clear errors; what is really connected to is checked by `open_socket`.
        """
        try:
            host = host_of(url)
        except Invalid:
            raise FetchFailed(Cause.BAD_ADDRESS, url[:100]) from None
        parts = urlsplit(url)
        name = parts.hostname or ""
        if host == self.own_host or not (self.test_federation or _is_web(parts)):
            raise FetchFailed(Cause.BAD_ADDRESS, host)
        if ":" in name or _NUMERIC_LABEL.fullmatch(name.rstrip(".").rpartition(".")[2]):
            self._require_literal(name, host)
        return host

    def _require_literal(self, name: str, host: str) -> None:
        """An address has to be spelled plainly: `0177.1` and `2130706433` are loopback to the C library (B-04)."""
        try:
            address = ip_address(name)
        except ValueError:
            raise FetchFailed(Cause.BAD_ADDRESS, host) from None
        if not self.allows(address):
            raise FetchFailed(Cause.PRIVATE_ADDRESS, host)

    def allows(self, address: Address) -> bool:
        """Whether this is an address on the public internet, or loopback in test federation."""
        if self.test_federation and any(address in network for network in _LOOPBACKS):
            return True
        return is_public(address)

    def open_socket(self, found: tuple[Any, ...]) -> socket.socket:
        """A socket for one result of getaddrinfo. Raises PrivateAddress.

        Being the last thing before `connect`, it sees literals and whatever a name server answers the second time.
        """
        family, kind, protocol, _, target = found
        address = ip_address(str(target[0]).partition("%")[0])
        if not self.allows(address) or not (self.test_federation or target[1] in WEB_PORTS):
            raise PrivateAddress(f"{address} port {target[1]} is not called")
        return socket.socket(family=family, type=kind, proto=protocol)


def _is_web(parts: SplitResult) -> bool:
    return parts.scheme == "https" and (parts.port is None or parts.port in WEB_PORTS)


def is_public(address: Address) -> bool:
    """Whether this address belongs to the public internet; IPv4 inside IPv6 is judged as IPv4."""
    inner = _unwrap(address)
    if isinstance(inner, IPv4Address):
        return not any(inner in network for network in PRIVATE_V4)
    return inner in GLOBAL_V6 and not any(inner in network for network in PRIVATE_V6)


def _unwrap(address: Address) -> Address:
    """The IPv4 address inside a mapped, NAT64 or 6to4 one.

    Compatible addresses (`::/96`) and Teredo carry one too, but are in none of the networks that are allowed.
    """
    if isinstance(address, IPv6Address):
        if address in _MAPPED or address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        if address in _6TO4:
            return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return address


def to_ascii(url: str) -> URL:
    """The address as it goes over the wire: nothing is requoted that is ASCII already, since it is signed as it is."""
    found = _AFTER_AUTHORITY.match(url.partition("#")[0])
    rest = found[1] if found else ""
    if not rest.startswith("/"):
        rest = f"/{rest}"
    return URL(origin_of(url) + rest, encoded=rest.isascii())


class GuardedResolver(AbstractResolver):
    """Looks names up in threads of its own; one private record among the answers refuses them all (B-05).

    The threads are daemons, since a name service that does not answer must not hold up the end of the process.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._places = asyncio.Semaphore(DNS_THREADS)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host`. Raises OSError, as resolvers do."""
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                found = await self._look_up(host, port, family)
        except TimeoutError:
            raise socket.gaierror(socket.EAI_AGAIN, "the name service does not answer") from None
        for _, _, _, _, target in found:
            if not self._guard.allows(ip_address(str(target[0]).partition("%")[0])):
                raise PrivateAddress(f"{host} has a private address")
        return [
            ResolveResult(
                hostname=host,
                host=str(target[0]),
                port=int(target[1]),
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, target in found
        ]

    async def close(self) -> None:
        """Nothing to wait for."""

    async def _look_up(self, host: str, port: int, family: socket.AddressFamily) -> list[tuple[Any, ...]]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[tuple[Any, ...]]] = loop.create_future()
        await self._places.acquire()  # given back when the thread ends, not when somebody stops waiting for it

        def settle(found: list[tuple[Any, ...]] | None, error: Exception | None) -> None:
            self._places.release()
            if answer.done():
                return
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(found or [])

        def ask() -> None:
            found, failure = None, None
            try:
                found = list(socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM))
            except (OSError, UnicodeError) as error:
                failure = error if isinstance(error, OSError) else socket.gaierror(socket.EAI_NONAME, str(error))
            with suppress(RuntimeError):  # the loop ended meanwhile
                loop.call_soon_threadsafe(settle, found, failure)

        threading.Thread(target=ask, name="dns", daemon=True).start()
        return await answer
