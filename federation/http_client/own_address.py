"""What our own address answers, asked as anybody would: the one place that calls this server itself, nobody else."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from federation.errors import FetchFailed
from federation.http_client.causes import read_exception
from federation.http_client.tls import make_context
from models.settings import Site

SECONDS = 10
"""So long an answer may take in all."""

MOST_BYTES = 65_536
"""More of an answer is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer:
    """What came: `location` is where it leads to, `certificate_until` None where there was no TLS."""

    status: int
    location: str
    body: bytes
    certificate_until: datetime | None


async def ask_ourselves(site: Site, path: str, *, ca_file: Path | None = None, plain: bool = False) -> OwnAnswer:
    """GET a path at our own address, without the guard that keeps all other requests from private networks.

    `plain` asks by http at port 80, whatever our address is. Raises FetchFailed.
    """
    parts = urlsplit(site.url)
    secure = parts.scheme == "https" and not plain
    host = parts.hostname or ""
    port = 80 if plain else parts.port or (443 if secure else 80)
    try:
        async with asyncio.timeout(SECONDS):
            return await _ask(host, port, site.host, path, make_context(ca_file) if secure else None)
    except (OSError, ssl.SSLError, TimeoutError, EOFError, ValueError) as error:
        raise FetchFailed(read_exception(error), site.host) from error


async def _ask(host: str, port: int, name: str, path: str, context: ssl.SSLContext | None) -> OwnAnswer:
    reader, writer = await asyncio.open_connection(host, port, ssl=context)
    try:
        head = f"GET {path} HTTP/1.1\r\nHost: {name}\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()
        received = await _read(reader)
        return _parse(received, _read_end(writer))
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


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


def _parse(received: bytes, until: datetime | None) -> OwnAnswer:
    """Raises ValueError for what is no HTTP."""
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, status = first.partition(" ")
    if not version.startswith("HTTP/"):
        raise ValueError("this is no HTTP")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return OwnAnswer(status=int(status[:3]), location=headers.get("location", ""), body=body, certificate_until=until)
