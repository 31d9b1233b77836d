"""A way to the database that a test can cut and mend: what a server sees when PostgreSQL stops and starts again."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SOCKET = ".s.PGSQL.5432"


@dataclass(slots=True, kw_only=True)
class Line:
    """Passes bytes between a socket of its own in `folder` and the one of PostgreSQL in `behind`.

    Once a connection has asked for something with `marker` in it, its next COMMIT is passed on and never answered: the
    connection breaks. That happens once.
    """

    folder: Path
    behind: Path
    server: asyncio.Server | None = None
    open: set[asyncio.StreamWriter] = field(default_factory=set)
    marker: bytes | None = None

    async def mend(self) -> None:
        """Let connections through."""
        self.server = await asyncio.start_unix_server(self._pass, self.folder / SOCKET)

    async def cut(self) -> None:
        """Refuse new connections and break the open ones."""
        assert self.server is not None
        self.server.close()
        (self.folder / SOCKET).unlink(missing_ok=True)
        for writer in list(self.open):
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self.behind / SOCKET)
        self.open |= {writer, back}
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(self._pump(reader, back, asking=writer), self._pump(there, writer))
        self.open -= {writer, back}

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asking: asyncio.StreamWriter | None = None
    ) -> None:
        armed = False
        with suppress(ConnectionError):
            while piece := await reader.read(65_536):
                writer.write(piece)
                await writer.drain()
                armed = armed or (asking is not None and self.marker is not None and self.marker in piece)
                if armed and b"COMMIT" in piece and asking is not None:
                    self.marker, armed = None, False
                    asking.transport.abort()
        writer.close()


def make_line(url: str, folder: Path) -> tuple[Line, str]:
    """A line to the database of this URL (which names a folder of sockets), and the URL that goes through it."""
    behind = parse_qs(urlsplit(url).query)["host"][0]
    return Line(folder=folder, behind=Path(behind)), url.replace(behind, str(folder))
