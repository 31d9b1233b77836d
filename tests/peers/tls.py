"""TLS in front of a plain HTTP server on loopback, as a reverse proxy would stand there."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from tests.certificates import Certificate

MakeFront = Callable[[int, int, Certificate], AbstractAsyncContextManager[object]]
"""What puts TLS on a port in front of another one: ours, which costs nothing to start, or a real proxy."""


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, ssl.SSLError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with suppress(ConnectionError, OSError):
        writer.close()


@asynccontextmanager
async def tls_front(port: int, behind: int, context: ssl.SSLContext) -> AsyncIterator[None]:
    """Listen with TLS on 127.0.0.1:`port` and pass everything to 127.0.0.1:`behind`, bytes untouched."""
    running: set[asyncio.Task[None]] = set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", behind)
        except OSError:
            writer.close()
            return
        for source, sink in ((reader, there_writer), (there_reader, writer)):
            task = asyncio.create_task(_pump(source, sink))
            running.add(task)
            task.add_done_callback(running.discard)

    server = await asyncio.start_server(pass_on, "127.0.0.1", port, ssl=context)
    try:
        yield
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def own_front(port: int, behind: int, certificate: Certificate) -> AbstractAsyncContextManager[object]:
    """The one of this module, in this process."""
    return tls_front(port, behind, certificate.context)
