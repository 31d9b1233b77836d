"""What the name service (DNS) says of a name, as anybody hears it: resolvers on this machine are passed over.

They answer what stands here: dnsmasq, as YunoHost sets it up, the addresses and the SPF record that it was told,
systemd-resolved what is in /etc/hosts.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from federation.http_client.address_guard import is_public
from models.lazy import LazyModule

if TYPE_CHECKING:
    from dns import asyncresolver as resolvers
    from dns import exception as exceptions
    from dns import resolver as resolving
    from dns.rdata import Rdata
else:
    resolvers, resolving = LazyModule("dns.asyncresolver"), LazyModule("dns.resolver")
    exceptions = LazyModule("dns.exception")

SECONDS = 5.0
"""So long an answer may take: several resolvers share it."""

UPSTREAMS = (Path("/etc/resolv.dnsmasq.conf"), Path("/run/systemd/resolve/resolv.conf"))
"""Whom the resolvers of a machine ask themselves, as YunoHost's dnsmasq and systemd-resolved write it down."""

MOST_RECORDS = 100
"""More of one kind at one name are not looked at."""

RESERVED = frozenset({"example", "invalid", "local", "localhost", "onion", "test"})
"""Names that nobody has (RFC 6761): not asked for."""


class Unanswered(Exception):
    """Nobody could be asked: no network, no resolver, no answer in time. It says nothing of the name."""


class SeenHere(Unanswered):
    """Only a resolver of this machine could be asked, and it answers these private addresses: others may get others."""

    def __init__(self, addresses: Sequence[str]) -> None:
        super().__init__(", ".join(addresses))
        self.addresses = tuple(addresses)


NameService = Callable[[str, str], Awaitable[list[str]]]
"""Takes a name and a kind (A, AAAA, MX, PTR, TXT); answers the records as people write them. Raises Unanswered."""


async def ask_names(name: str, kind: str) -> list[str]:
    """Nothing for a name that does not exist and one without such records. Raises Unanswered."""
    if name.rpartition(".")[2] in RESERVED:
        raise Unanswered(name)
    try:
        resolver = find_resolver()
        answer = await resolver.resolve(f"{name}.", kind, lifetime=SECONDS, raise_on_no_answer=False, search=False)
    except resolving.NXDOMAIN:
        return []
    except (exceptions.DNSException, OSError, ValueError) as error:
        raise Unanswered(str(error)) from error
    found = read_answer(answer)
    if kind in ("A", "AAAA") and _is_here(resolver):
        private = [one for one in found if not is_public(ip_address(one))]
        if private:
            raise SeenHere(private)
    return found


def read_answer(answer: "resolving.Answer") -> list[str]:
    """Its records as people write them."""
    return [_write(one) for one in list(answer)[:MOST_RECORDS]]


def find_resolver() -> "resolvers.Resolver":
    """Those that the machine is told to ask, but for those on it: then whom these ask. Raises as resolvers do."""
    usual = resolvers.Resolver()
    if not _is_here(usual):
        return usual
    for path in UPSTREAMS:
        try:
            upstream = resolvers.Resolver(str(path))
        except resolving.NoResolverConfiguration:
            continue
        away = [one for one in upstream.nameservers if not _is_loopback(str(one))]
        if away:
            upstream.nameservers = away
            return upstream
    return usual


def _is_here(resolver: "resolvers.Resolver") -> bool:
    return all(_is_loopback(str(one)) for one in resolver.nameservers)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _write(record: "Rdata") -> str:
    """Without the final dot of names; the pieces of a text put together, and nothing that a terminal would obey."""
    strings = getattr(record, "strings", None)
    if strings is not None:
        words = b"".join(strings).decode("utf-8", "replace")
        return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in words)
    written: str = record.to_text()
    return written.removesuffix(".")


async def list_addresses(ask: NameService, name: str) -> list[str]:
    """The addresses of both kinds. Raises Unanswered where neither was answered, SeenHere where either was."""
    asked = await asyncio.gather(_try(ask, name, "A"), _try(ask, name, "AAAA"))
    _require_heard([one for one in asked if isinstance(one, Unanswered)], len(asked))
    return [address for one in asked if isinstance(one, list) for address in one]


async def _try(ask: NameService, name: str, kind: str) -> list[str] | Unanswered:
    try:
        return await ask(name, kind)
    except Unanswered as unanswered:
        return unanswered


def _require_heard(failed: Sequence[Unanswered], asked: int) -> None:
    here = [address for one in failed if isinstance(one, SeenHere) for address in one.addresses]
    if here:
        raise SeenHere(here)
    if len(failed) == asked:
        raise failed[0]


async def list_public(ask: NameService, name: str) -> list[str]:
    """Of its addresses those that are anybody's to see, which `name` may be itself. Raises Unanswered."""
    try:
        found = [str(ip_address(name))]
    except ValueError:
        found = await list_addresses(ask, name)
    return [one for one in found if is_public(ip_address(one))]
