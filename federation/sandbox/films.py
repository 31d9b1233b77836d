"""Films, sounds and moving GIFs that our people send, opened by a child process; `FilmPool.check_and_copy` is the door.

The server itself reads no more of them than the first bytes: the file goes to the child, and the copy comes from it.
"""

import asyncio
import contextlib
import os
import struct
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import structlog

from federation.media_store import StoreFull
from federation.sandbox.pictures import PicturesBusy
from federation.sandbox.refused_films import REFUSALS, BrokenFilm, TooHeavyFilm
from models.posts.media.media import MediaType

MAX_BYTES = 40 * 1024 * 1024
MAX_PIXELS = 3840 * 2160
MAX_RATE = 120

TIMEOUT = 60.0
"""Seconds for one film; one of 10 MB takes half a second."""

WAITING = 8
"""Films that may wait for their turn; more are sent away."""

HEAD = 64
"""Bytes that tell what a file is."""

LOOP_SECONDS = 30.0
"""A silent film that is no longer counts as a moving picture (`gifv`): apps play it by itself, again and again."""

TYPES = {
    "mp4": "video/mp4",
    "webm": "video/webm",
    "m4a": "audio/mp4",
    "weba": "audio/webm",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "flac": "audio/flac",
}
"""What is kept: the end of the file's key, and the type with which it is served."""

SERVED_TYPES = {**TYPES, "mov": "video/quicktime"}
"""What may lie in the store: QuickTime films were kept as they came once."""

ACCEPTED_TYPES = ("video/mp4", "video/quicktime", *(type for type in TYPES.values() if type != "video/mp4"))
"""What may be sent; a QuickTime film is kept as MP4."""

EVERYWHERE = frozenset({"h264", "vp8", "vp9", "aac", "mp3", "opus", "vorbis", "flac"})
"""What every browser plays; the others (HEVC, AV1, ALAC) are kept, and pages say that not every browser does."""

PICTURE_BRANDS = frozenset(
    {b"avif", b"avis", b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"crx "}
)
"""What of the family of MP4 holds pictures."""

LENGTH = struct.Struct(">I")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A film or a sound that was copied: `duration` in seconds, `poster` one of its pictures as JPEG.

    `measures` are what the container told: `frame_rate` as a fraction, `bitrate`, `film` and `sound` (what the streams
    are made of), `sample_rate`, `channels`.
    """

    suffix: str
    byte_size: int
    duration: float
    measures: Mapping[str, Any]
    poster: bytes = b""
    width: int | None = None
    height: int | None = None

    @property
    def mime(self) -> str:
        """The type of the copy."""
        return TYPES[self.suffix]

    @property
    def type(self) -> MediaType:
        """What clients call it."""
        if self.mime.startswith("audio/"):
            return "audio"
        return "gifv" if "sound" not in self.measures and self.duration <= LOOP_SECONDS else "video"


class _FilmHeader(msgspec.Struct):
    poster: int = 0
    suffix: str = ""
    byte_size: int = 0
    duration: float = 0.0
    width: int | None = None
    height: int | None = None
    measures: dict[str, Any] = {}
    error: str | None = None
    cause: str = ""


def find_kind(head: bytes) -> str | None:
    """Who reads what begins like this; None for everything else, pictures but GIFs included."""
    if head[4:8] == b"ftyp":
        return None if head[8:12] in PICTURE_BRANDS else "mov"
    begins = {b"\x1aE\xdf\xa3": "matroska", b"OggS": "ogg", b"fLaC": "flac", b"GIF8": "gif"}
    if (kind := begins.get(head[:4])) is not None:
        return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    return "mp3" if head[:3] == b"ID3" or _is_frame(head) else None


def _is_frame(head: bytes) -> bool:
    """Whether an MPEG frame of layer 3 begins here."""
    return len(head) > 3 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] & 0xF0 not in {0x00, 0xF0}


@dataclass(slots=True)
class FilmPool:
    """The child processes for films: one at a time, since each may need much memory and the whole processor."""

    timeout: float = TIMEOUT
    _place: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    _waiting: int = 0

    async def check_and_copy(self, source: Path, target: Path, kind: str, name: str = "") -> Film | None:
        """The film in `source`, copied into `target`; None for a GIF that does not move.

        Raises a RefusedFilm, whose sentence names the file by `name`; StoreFull; PicturesBusy when too many wait.
        """
        _require_weight(source, name)
        if self._waiting >= WAITING:
            raise PicturesBusy
        self._waiting += 1
        try:
            async with self._place:
                header, poster = await self._ask_child(source, target, kind, name)
        finally:
            self._waiting -= 1
        return _read_answer(header, poster, name)

    async def _ask_child(self, source: Path, target: Path, kind: str, name: str) -> tuple[_FilmHeader, bytes]:
        with _opened(source, os.O_RDONLY) as reading, _opened(target, os.O_RDWR | os.O_CREAT) as writing:
            child = await _start(kind, reading, writing)
        try:
            async with asyncio.timeout(self.timeout):
                return await _read(child)
        except TimeoutError as error:
            log.warning("film_child_stopped", seconds=self.timeout, kind=kind)
            raise BrokenFilm(name) from error
        except (EOFError, msgspec.DecodeError) as error:
            log.warning("film_child_died", kind=kind)
            raise BrokenFilm(name) from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await asyncio.shield(child.wait())


def _require_weight(source: Path, name: str) -> None:
    if source.stat().st_size > MAX_BYTES:
        raise TooHeavyFilm(name)


def _read_answer(header: _FilmHeader, poster: bytes, name: str) -> Film | None:
    match header.error:
        case None:
            return Film(
                suffix=header.suffix,
                byte_size=header.byte_size,
                duration=header.duration,
                measures=header.measures,
                poster=poster,
                width=header.width,
                height=header.height,
            )
        case "still":
            return None
        case "full":
            log.warning("film_not_written", cause=header.cause)
            raise StoreFull
        case error:
            raise REFUSALS.get(error, BrokenFilm)(name)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    try:
        descriptor = os.open(path, flags | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise StoreFull from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


async def _start(kind: str, source: int, target: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "federation.sandbox.film_child",
        kind,
        str(target),
        stdin=source,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        pass_fds=(target,),
        cwd=os.sep,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},  # nothing of ours: not the database, not the key file
    )


async def _read(child: asyncio.subprocess.Process) -> tuple[_FilmHeader, bytes]:
    assert child.stdout is not None
    length = LENGTH.unpack(await child.stdout.readexactly(LENGTH.size))[0]
    header = msgspec.json.decode(await child.stdout.readexactly(length), type=_FilmHeader)
    return header, await child.stdout.readexactly(header.poster)
