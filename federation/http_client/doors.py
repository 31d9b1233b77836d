"""The doors of another server: the addresses to which its name leads, and how each kind of them opens, with TLS."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp.abc import ResolveResult

from federation.errors import Cause, FetchFailed
from federation.http_client.address_guard import Guard, GuardedResolver, PrivateAddress
from federation.http_client.causes import read_exception
from federation.http_client.tls import make_context

SECONDS = 8
"""So long a door has to open."""

MOST_ADDRESSES = 8
"""More to which one name leads are not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """An address: `cause` says why it did not open, `tried` that it was asked at all: one of each kind is.

    `routed` is whether we have such a network at all; `certificate_until` is None where there is no TLS.
    """

    address: str
    is_v6: bool
    tried: bool = False
    routed: bool = True
    cause: Cause | None = None
    certificate_until: datetime | None = None


async def try_doors(guard: Guard, origin: str, ca_file: Path | None) -> list[Door]:
    """All of them, those that were tried first. Raises FetchFailed where the name leads nowhere we may call."""
    parts = urlsplit(origin)
    name, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = await GuardedResolver(guard).resolve(name, port)
    except OSError as error:
        raise FetchFailed(read_exception(error), parts.netloc) from error
    context = make_context(ca_file) if parts.scheme == "https" else None
    return await _try_each_kind(guard, found, name, context)


async def _try_each_kind(
    guard: Guard, found: Sequence[ResolveResult], name: str, context: ssl.SSLContext | None
) -> list[Door]:
    kinds = {one["family"]: one for one in reversed(found)}
    tried = await asyncio.gather(*(_try(guard, one, name, context) for one in kinds.values()))
    known = {one.address for one in tried}
    others = [Door(address=one["host"], is_v6=_is_v6(one)) for one in found if one["host"] not in known]
    return [*tried, *others][:MOST_ADDRESSES]


def _is_v6(found: ResolveResult) -> bool:
    return found["family"] == socket.AF_INET6


async def _try(guard: Guard, found: ResolveResult, name: str, context: ssl.SSLContext | None) -> Door:
    try:
        async with asyncio.timeout(SECONDS):
            until = await _open(guard, found, name, context)
    except (OSError, TimeoutError) as error:
        routed, cause = _is_routed(guard, found), read_exception(error)
        return Door(address=found["host"], is_v6=_is_v6(found), tried=True, routed=routed, cause=cause)
    return Door(address=found["host"], is_v6=_is_v6(found), tried=True, certificate_until=until)


def _is_routed(guard: Guard, found: ResolveResult) -> bool:
    """Whether a way leads there from this machine: a datagram socket looks for one, and sends nothing."""
    target = (found["host"], found["port"])
    try:
        with guard.open_socket((found["family"], socket.SOCK_DGRAM, 0, "", target)) as door:
            door.connect(target)
    except PrivateAddress:
        return True
    except OSError:
        return False
    return True


async def _open(guard: Guard, found: ResolveResult, name: str, context: ssl.SSLContext | None) -> datetime | None:
    """Connect, and hang up at once; until when the certificate is good."""
    target = (found["host"], found["port"])
    with guard.open_socket((found["family"], socket.SOCK_STREAM, found["proto"], "", target)) as door:
        door.setblocking(False)
        await asyncio.get_running_loop().sock_connect(door, target)
        if context is None:
            return None
        # The transport takes the socket over: a copy, so that each of us closes its own.
        _, writer = await asyncio.open_connection(sock=door.dup(), ssl=context, server_hostname=name)
    certificate = writer.get_extra_info("peercert")
    writer.close()
    with suppress(OSError, TimeoutError):
        await writer.wait_closed()
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
