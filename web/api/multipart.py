"""Forms with files (multipart/form-data): texts into memory, files there or, where they may be large, into a spool."""

import asyncio
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path

from aiohttp import BodyPartReader, web

from federation.store import Spool, StoreFull
from models.errors import Invalid

TEXT_LIMIT = 256 * 1024
"""Bytes of everything that is not a file."""

FIELD_LIMIT = 500

PART_LIMIT = 2 * FIELD_LIMIT
"""Parts of a form: those that are empty would count for no bytes, and could come for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was sent; the name is what the client says. Where it was spooled it lies at `path`."""

    filename: str
    body: bytes = b""
    path: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Which files a request may bring: their bytes at most, and where they are written, if not into memory."""

    limit: int = 0
    spool: Spool | None = None


async def read_multipart(request: web.Request, pairs: list[tuple[str, str]], files: Files) -> dict[str, Upload]:
    """The files by their names; texts are added to `pairs`. Raises Invalid, HTTPRequestEntityTooLarge, StoreFull."""
    uploads: dict[str, Upload] = {}
    text_left, parts_left = TEXT_LIMIT, PART_LIMIT
    try:
        async for part in await request.multipart():
            parts_left -= 1
            if not isinstance(part, BodyPartReader) or not part.name or parts_left < 0:
                raise Invalid("form_unreadable")
            if part.filename is None:
                body = await _read_part(part, text_left)
                text_left -= len(body)
                pairs.append((part.name, body.decode()))
            elif files.limit and part.name not in uploads and len(uploads) < 2:
                uploads[part.name] = await _read_file(part, files)
            else:
                raise Invalid("file_unexpected", field=part.name)
    except (ValueError, AssertionError, LookupError) as error:
        raise Invalid("form_unreadable") from error
    return uploads


async def _read_file(part: BodyPartReader, files: Files) -> Upload:
    name = part.filename or ""
    if files.spool is None:
        return Upload(filename=name, body=await _read_part(part, files.limit))
    path, size = files.spool.new(), 0
    try:
        with await asyncio.to_thread(path.open, "xb") as file:
            while chunk := await part.read_chunk(256 * 1024):
                size += len(chunk)
                if size > files.limit:
                    raise web.HTTPRequestEntityTooLarge(max_size=files.limit, actual_size=size)
                await asyncio.to_thread(_write, file, chunk, files.spool)
    except OSError as error:
        raise StoreFull from error
    return Upload(filename=name, path=path)


def _write(file: BufferedWriter, chunk: bytes, spool: Spool) -> None:
    """Others may be sending at the same time: there is room as long as there is room after each piece."""
    file.write(chunk)
    spool.require_room()


async def _read_part(part: BodyPartReader, limit: int) -> bytes:
    body = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        body += chunk
        if len(body) > limit:
            raise web.HTTPRequestEntityTooLarge(max_size=limit, actual_size=len(body))
    return bytes(body)
