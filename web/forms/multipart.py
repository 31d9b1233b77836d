"""Forms with files (multipart/form-data), read part by part: the one reader of pages and of the API.

What is too much or too many is said by whoever reads: a page at the field, the API at once.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedWriter
from pathlib import Path

from aiohttp import BodyPartReader, MultipartReader, content_disposition_filename, parse_content_disposition, web

from federation.media_store import Spool, StoreFull
from models.errors import Invalid

TEXT_LIMIT = 256 * 1024
"""Bytes of everything in one request that is not a file."""

PART_LIMIT = 1000
"""Parts of a form: those that are empty would count for no bytes, and could come for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file that was sent; its name and type are what the client claims. Where it was spooled it lies at `path`."""

    field: str
    filename: str
    content_type: str
    body: bytes = b""
    path: Path | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        return not (self.body if self.path is None else self.path.stat().st_size)

    async def load(self) -> bytes:
        """The whole of it, in memory."""
        return self.body if self.path is None else await asyncio.to_thread(self.path.read_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLimits:
    """How many files a request may bring, how heavy each may be, and where they are written, if not into memory."""

    count: int = 0
    size: int = 0
    spool: Spool | None = None

    def into(self, spool: Spool) -> "FileLimits":
        """The same, with files that are written there."""
        return replace(self, spool=spool)

    @property
    def total(self) -> int:
        """Bytes after which we stop listening: twice what would be accepted, so that a sentence can be said."""
        return 2 * self.count * self.size + TEXT_LIMIT


class Overfull(web.HTTPRequestEntityTooLarge):
    """More bytes than the whole request may have."""


@dataclass(slots=True)
class _Left:
    """Bytes that the whole request may still have."""

    total: int
    bytes: int

    def take(self, number: int) -> None:
        self.bytes -= number
        if self.bytes < 0:
            raise Overfull(max_size=self.total, actual_size=self.total + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part, to be read once; `filename` is None for a text, and empty for a file field left empty."""

    name: str
    filename: str | None
    content_type: str
    _reader: BodyPartReader
    _left: _Left | None

    async def read(self, keep: int) -> bytes | None:
        """The whole of it, or None when it is longer than `keep`; read to its end in any case. Raises Overfull."""
        body, length = bytearray(), 0
        async for chunk in self._chunks(64 * 1024):
            length += len(chunk)
            if length <= keep:
                body += chunk
        return bytes(body) if length <= keep else None

    async def read_all(self, most: int) -> bytes:
        """The whole of it. Raises HTTPRequestEntityTooLarge as soon as it is longer than `most`."""
        body = bytearray()
        async for chunk in self._chunks(64 * 1024):
            body += chunk
            if len(body) > most:
                raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=len(body))
        return bytes(body)

    async def save_all(self, spool: Spool, most: int) -> Path:
        """The same into a file. Raises StoreFull, HTTPRequestEntityTooLarge."""
        path = await self._write_to(spool, most, strict=True)
        assert path is not None
        return path

    async def save(self, spool: Spool, keep: int) -> Path | None:
        """Into a file, or None when it is longer than `keep`; read to its end then too. Raises StoreFull, Overfull."""
        return await self._write_to(spool, keep)

    async def _write_to(self, spool: Spool, most: int, *, strict: bool = False) -> Path | None:
        path, size = spool.new(), 0
        try:
            with await asyncio.to_thread(path.open, "xb") as file:
                async for chunk in self._chunks(256 * 1024):
                    size += len(chunk)
                    if size <= most:
                        await asyncio.to_thread(_write, file, chunk, spool)
                    elif strict:
                        raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=size)
        except OSError as error:
            raise StoreFull from error
        return path if size <= most else None

    async def _chunks(self, size: int) -> AsyncIterator[bytes]:
        while True:
            with _readable():
                chunk = await self._reader.read_chunk(size)
            if not chunk:
                return
            if self._left is not None:
                self._left.take(len(chunk))
            yield chunk


async def list_parts(request: web.Request, *, total: int | None = None) -> AsyncIterator[Part]:
    """The parts as they come in, each to be read before the next.

    Raises Invalid, also for more than PART_LIMIT of them, and Overfull beyond `total` bytes.
    """
    left = _Left(total, total) if total is not None else None
    with _readable():
        reader = await request.multipart()
    for _ in range(PART_LIMIT):
        part = await _read_next(reader, left)
        if part is None:
            return
        yield part
    if await _read_next(reader, left) is not None:
        raise Invalid("form_unreadable")


async def _read_next(reader: MultipartReader, left: _Left | None) -> Part | None:
    with _readable():
        found = await reader.next()
        return _describe(found, left) if found is not None else None


def _describe(part: object, left: _Left | None) -> Part:
    if not isinstance(part, BodyPartReader):
        raise ValueError("no form")
    _, values = parse_content_disposition(part.headers.get("Content-Disposition"))  # takes as long as a query
    name, filename = (content_disposition_filename(values, key) for key in ("name", "filename"))
    if not name:
        raise ValueError("no form")
    kind = part.headers.get("Content-Type", "application/octet-stream")
    return Part(name=name, filename=filename, content_type=kind, _reader=part, _left=left)


@contextmanager
def _readable() -> Iterator[None]:
    """What a body that is none makes aiohttp raise is the client's fault."""
    try:
        yield
    except (ValueError, AssertionError, LookupError) as error:
        raise Invalid("form_unreadable") from error


def decode(body: bytes) -> str:
    """A text. Raises Invalid where it is none."""
    with _readable():
        return body.decode()


def _write(file: BufferedWriter, chunk: bytes, spool: Spool) -> None:
    """Others may be sending at the same time: there is room as long as there is room after each piece."""
    file.write(chunk)
    spool.require_room()
