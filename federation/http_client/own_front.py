"""What passes through the web server in front of us: a large body, a connection that changes, a stream as it comes."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from federation.errors import FetchFailed
from federation.http_client.causes import read_exception
from federation.http_client.own_address import SECONDS, open_connection, read_status, write_head
from models.settings import Site

PIECE = bytes(65_536)

BODY_SECONDS = 25
"""So long a large body may take: what is slower than 5 Mbit/s is not known to be refused."""

EXPECT_SECONDS = 1.0
"""So long it is waited for leave to send a body, which not every server gives."""

STREAM_SECONDS = 3.0
"""What is written at once and has not come by then is held back."""

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "ZGVjbGljIGRvY3RvciAuLg==",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Our own address and a path there, with what makes a request one of ours."""

    site: Site
    path: str
    headers: Mapping[str, str]
    ca_file: Path | None = None


async def offer_body(front: Front, size: int, *, sent: bool) -> int:
    """The status of a POST of so many bytes; 100 where they might be sent and were not, since `sent` is false.

    Raises FetchFailed.
    """
    head = {**front.headers, "Content-Length": str(size), "Expect": "100-continue", "Connection": "close"}
    async with _talk(front, BODY_SECONDS if sent else SECONDS) as (reader, writer):
        write_head(writer, "POST", front.path, front.site.host, head)
        await writer.drain()
        status = 100
        with suppress(TimeoutError):
            async with asyncio.timeout(EXPECT_SECONDS):
                status = await read_status(reader)
        if status != 100 or not sent:
            return status
        with suppress(ConnectionError):  # it answers before it has all, and closes
            for begin in range(0, size, len(PIECE)):
                writer.write(PIECE[: size - begin])
                await writer.drain()
        while status == 100:
            status = await read_status(reader)
        return status


async def ask_upgrade(front: Front) -> int:
    """The status of a request for a WebSocket: 101 where it may begin. Raises FetchFailed."""
    async with _talk(front) as (reader, writer):
        write_head(writer, "GET", front.path, front.site.host, {**front.headers, **UPGRADE})
        await writer.drain()
        return await read_status(reader)


async def watch_stream(front: Front) -> bool | None:
    """Whether the first word of a stream comes before its end; None where there is no stream. Raises FetchFailed."""
    async with _talk(front) as (reader, writer):
        write_head(writer, "GET", front.path, front.site.host, {**front.headers, "Accept": "text/event-stream"})
        await writer.drain()
        try:
            async with asyncio.timeout(STREAM_SECONDS):
                if await read_status(reader) != 200:
                    return None
                return bool(await reader.read(1))
        except TimeoutError:
            return False


@asynccontextmanager
async def _talk(
    front: Front, seconds: float = SECONDS
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    try:
        async with asyncio.timeout(seconds), open_connection(front.site, ca_file=front.ca_file) as streams:
            yield streams
    except (OSError, ssl.SSLError, TimeoutError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
        raise FetchFailed(read_exception(error), front.site.host) from error
