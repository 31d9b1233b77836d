"""What our own address answers, asked as anybody would: the one place that calls this server itself, nobody else."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from federation.errors import FetchFailed
from federation.http_client.causes import read_exception
from federation.http_client.tls import make_context
from models.settings import Site

SECONDS = 6
"""So long an answer may take in all: somebody waits for the page of health."""

MOST_BYTES = 65_536
"""More of an answer is not read."""

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer:
    """What came: `location` is where it leads to, `certificate_until` None where there was no TLS.

    `address` is that of whoever answered, empty where it is not known.
    """

    status: int
    location: str
    body: bytes
    certificate_until: datetime | None
    address: str = ""


async def ask_ourselves(
    site: Site,
    path: str,
    *,
    ca_file: Path | None = None,
    plain: bool = False,
    headers: Mapping[str, str] = NO_HEADERS,
) -> OwnAnswer:
    """GET a path at our own address, without the guard that keeps all other requests from private networks.

    `plain` asks by http at port 80, whatever our address is. Raises FetchFailed.
    """
    try:
        async with asyncio.timeout(SECONDS), open_connection(site, ca_file=ca_file, plain=plain) as (reader, writer):
            write_head(writer, "GET", path, site.host, {"Accept": "application/json", "Connection": "close", **headers})
            await writer.drain()
            return replace(_parse(await _read(reader), _read_end(writer)), address=_read_peer(writer))
    except (OSError, ssl.SSLError, TimeoutError, EOFError, ValueError) as error:
        raise FetchFailed(read_exception(error), site.host) from error


@asynccontextmanager
async def open_connection(
    site: Site, *, ca_file: Path | None = None, plain: bool = False
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to our own address, of which nothing is left afterwards."""
    parts = urlsplit(site.url)
    secure = parts.scheme == "https" and not plain
    port = 80 if plain else parts.port or (443 if secure else 80)
    context = make_context(ca_file) if secure else None
    reader, writer = await _connect(parts.hostname or "", port, context)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _connect(
    host: str, port: int, context: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """The first address of this name that answers. Raises OSError.

    Looked up by itself: uvloop, given up while it does both, looks up to the end and logs what then fails as an error.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    failures: list[OSError] = []
    for _, _, _, _, target in found:
        try:
            return await asyncio.open_connection(
                str(target[0]), port, ssl=context, server_hostname=host if context else None
            )
        except ssl.SSLError:
            raise
        except OSError as error:
            failures.append(error)
    raise failures[0] if failures else socket.gaierror(socket.EAI_NONAME, "this name has no address")


def write_head(writer: asyncio.StreamWriter, method: str, path: str, host: str, headers: Mapping[str, str]) -> None:
    """The beginning of a request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("".join(f"{line}\r\n" for line in [*lines, ""]).encode())


async def read_status(reader: asyncio.StreamReader) -> int:
    """The status of an answer whose head is read. Raises ValueError for what is no HTTP, EOFError for none."""
    first = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    version, _, status = first.partition(" ")
    if not version.startswith("HTTP/"):
        raise ValueError("this is no HTTP")
    return int(status[:3])


async def _read(reader: asyncio.StreamReader) -> bytes:
    received = b""
    while len(received) < MOST_BYTES and (part := await reader.read(MOST_BYTES - len(received))):
        received += part
    return received


def _read_end(writer: asyncio.StreamWriter) -> datetime | None:
    certificate = writer.get_extra_info("peercert")
    if not certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)


def _read_peer(writer: asyncio.StreamWriter) -> str:
    peer = writer.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) else ""


def _parse(received: bytes, until: datetime | None) -> OwnAnswer:
    """Raises ValueError for what is no HTTP."""
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, status = first.partition(" ")
    if not version.startswith("HTTP/"):
        raise ValueError("this is no HTTP")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return OwnAnswer(status=int(status[:3]), location=headers.get("location", ""), body=body, certificate_until=until)
