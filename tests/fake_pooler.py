"""A stand-in for PgBouncer on its wire: what it lets pass while connecting, and sessions kept together or not."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit

Link = tuple[asyncio.StreamReader, asyncio.StreamWriter]

TLS_ASKED = 80877103
VERSION = 196608
LET_PASS = {"user", "database", "client_encoding", "datestyle", "timezone", "application_name"}
"""PgBouncer 1.24 refuses every other parameter that `ignore_startup_parameters` does not name."""

OWN_KEY = b"K" + struct.pack("!iii", 12, 4242, 4242)
"""A pooler names a process of its own, for cancelling, and not PostgreSQL's."""


@asynccontextmanager
async def pooler(url: str, *, mode: str = "session") -> AsyncIterator[str]:
    """The URL of the same database behind a pooler in this `mode`."""
    stand_in = _Pooler(url, mode)
    server = await asyncio.start_server(stand_in.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"postgresql://{stand_in.user}@127.0.0.1:{port}/{stand_in.database}"
    finally:
        server.close()
        stand_in.close()


class _Pooler:
    def __init__(self, url: str, mode: str) -> None:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        self.user = parts.username or query.get("user", ["postgres"])[0]
        self.database = parts.path.strip("/")
        self._folder = query.get("host", [""])[0]
        self._address = (parts.hostname or "", parts.port or 5432)
        self._mode = mode
        self._shared: Link | None = None
        self._greeting: list[bytes] = []
        self._turn = asyncio.Lock()
        self._owner: asyncio.StreamWriter | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._shared:
            self._shared[1].close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            said = await self._read_startup(reader, writer)
            refusal = self._find_refusal(said)
            if refusal:
                text = f"SFATAL\0VFATAL\0C08P01\0M{refusal}\0\0".encode()
                writer.write(b"E" + struct.pack("!i", len(text) + 4) + text)
            elif self._mode == "session":
                await self._relay_session(reader, writer, said)
            else:
                await self._relay_transactions(reader, writer)
        writer.close()

    def _find_refusal(self, said: dict[str, str]) -> str:
        """Only the databases that its settings name are known to it."""
        unknown = next((name for name in said if name.lower() not in LET_PASS), None)
        if unknown is not None:
            return f"unsupported startup parameter: {unknown}"
        return "" if said["database"] == self.database else f"no such database: {said['database']}"

    async def _read_startup(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> dict[str, str]:
        while True:
            length, code = struct.unpack("!ii", await reader.readexactly(8))
            body = await reader.readexactly(length - 8)
            if code != TLS_ASKED:
                words = body.decode().split("\0")
                return {name: text for name, text in zip(words[::2], words[1::2], strict=False) if name}
            writer.write(b"N")

    async def _connect(self, said: dict[str, str]) -> Link:
        if self._folder:
            link = await asyncio.open_unix_connection(f"{self._folder}/.s.PGSQL.5432")
        else:
            link = await asyncio.open_connection(*self._address)
        body = "".join(f"{name}\0{text}\0" for name, text in said.items()).encode() + b"\0"
        link[1].write(struct.pack("!ii", len(body) + 8, VERSION) + body)
        return link

    async def _relay_session(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: dict[str, str]
    ) -> None:
        theirs, to_them = await self._connect(said)

        async def answer() -> None:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    frame = await _read_frame(theirs)
                    writer.write(OWN_KEY if frame[:1] == b"K" else frame)

        task = asyncio.create_task(answer())
        self._tasks.add(task)
        try:
            while (frame := await _read_frame(reader))[:1] != b"X":
                to_them.write(frame)
        finally:
            task.cancel()
            to_them.close()

    async def _relay_transactions(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._turn:
            if self._shared is None:
                self._shared = await self._connect({"user": self.user, "database": self.database})
                while (frame := await _read_frame(self._shared[0]))[:1] != b"Z":
                    self._greeting.append(OWN_KEY if frame[:1] == b"K" else frame)
                self._greeting.append(frame)
                self._tasks.add(asyncio.create_task(self._answer_owner(self._shared[0])))
        writer.writelines(self._greeting)
        while (frame := await _read_frame(reader))[:1] != b"X":
            if self._owner is not writer:
                await self._turn.acquire()
                self._owner = writer
            self._shared[1].write(frame)

    async def _answer_owner(self, theirs: asyncio.StreamReader) -> None:
        """Whoever is in a transaction has the server; between two, nobody has."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                frame = await _read_frame(theirs)
                assert self._owner is not None
                self._owner.write(frame)
                if frame[:1] == b"Z" and frame[5:] == b"I":
                    self._owner = None
                    self._turn.release()


async def _read_frame(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(5)
    return head + await reader.readexactly(struct.unpack("!i", head[1:])[0] - 4)
