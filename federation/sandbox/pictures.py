"""Pictures from outside, checked and made small by child processes; `PicturePool.check_and_reduce` is the door."""

import asyncio
import contextlib
import struct
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import structlog

from models.errors import Invalid, Unavailable

CHILD = Path(__file__).with_name("picture_child.py")

MAX_BYTES = 12 * 1024 * 1024

ACCEPTED_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif")
"""What can be opened; for `accept` of forms and `supported_mime_types` of clients. The type is told by the bytes."""

THUMBNAIL_SIDE = 480
"""Longest side of a thumbnail, as the child makes them."""

COPY_SIDES = {"square": 224, "medium": 480, "large": 960}
"""The copies for pages in their order, as the child makes them, with their longest sides."""

TIMEOUT = 20.0
"""Seconds for one picture (B-47); one of a phone takes a quarter of a second."""

IDLE = 30.0
"""Seconds after which a process that has nothing to do ends."""

WAITING = 32
"""Pictures that may wait for a process; more are sent away, so that memory stays bounded."""

FETCHES = 8
"""Remote pictures that one process fetches at the same time."""

LENGTH = struct.Struct(">I")

log = structlog.get_logger(__name__)


class RefusedPicture(Invalid):
    """This picture cannot be used."""

    code = "picture_unusable"

    def __init__(self, name: str = "") -> None:
        """`name` is what the browser calls the file: shown, never used."""
        super().__init__(self.code, field="photo", name=shown_name(name) or "sans nom")


class NotAPicture(RefusedPicture):
    """The file is no picture that can be opened here."""

    code = "not_a_picture"


class UnreadableFormat(NotAPicture):
    """The file is a picture in a format that is not opened here."""

    code = "picture_format_unsupported"


class TooManyPixels(RefusedPicture):
    """The picture has more pixels than are opened here."""

    code = "too_many_pixels"


class BrokenPicture(RefusedPicture):
    """The file begins like a picture, but cannot be read to its end."""

    code = "broken_picture"


class TooHeavy(RefusedPicture):
    """The file is too heavy."""

    code = "picture_too_heavy"


class PicturesBusy(Unavailable):
    """Many pictures arrive at once; please try again in a moment."""

    code = "media_processing_busy"


REFUSALS: dict[str, type[RefusedPicture]] = {
    "not_a_picture": NotAPicture,
    "heic": UnreadableFormat,
    "too_many_pixels": TooManyPixels,
    "broken": BrokenPicture,
}
"""What the child says, and the error it becomes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as it is kept and served: both JPEG; `width` and `height` of the full one.

    `copies` are what pages show, in WebP, by the names of COPY_SIDES.
    `likenesses` are how it looks (`picture_child.describe_looks`), the first as it is; empty for one colour.
    """

    full: bytes
    thumbnail: bytes
    width: int
    height: int
    blurhash: str
    likenesses: tuple[int, ...] = ()
    mime: str = "image/jpeg"
    copies: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PictureFetches:
    """Remote pictures being fetched by this process: ten readers of a page cause one fetch for each of its pictures."""

    running: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FETCHES))


class _PictureHeader(msgspec.Struct):
    width: int = 0
    height: int = 0
    blurhash: str = ""
    likenesses: tuple[int, ...] = ()
    sizes: tuple[int, ...] = ()
    error: str | None = None


def shown_name(name: str) -> str:
    """A file's name as it may stand in a sentence: its last part, printable, at most forty characters (B-42)."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = " ".join("".join(char if char.isprintable() else " " for char in last).split())
    return plain if len(plain) <= 40 else f"{plain[:24]}…{plain[-15:]}"


def fit(width: int, height: int, side: int) -> tuple[int, int]:
    """These measures, no larger than `side` on the longer one."""
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


class PicturePool:
    """Child processes for pictures: none until the first one comes, none again a while after the last one."""

    def __init__(self, *, size: int = 2, timeout: float = TIMEOUT, idle: float = IDLE) -> None:
        """`size` pictures at a time, each within `timeout` seconds; spare processes end after `idle` seconds."""
        self._places = asyncio.Semaphore(size)
        self._timeout = timeout
        self._idle = idle
        self._spare: list[tuple[asyncio.subprocess.Process, asyncio.TimerHandle]] = []
        self._waiting = 0

    @property
    def spare(self) -> int:
        """How many processes wait for work."""
        return len(self._spare)

    async def check_and_reduce(self, data: bytes, name: str = "") -> Picture:
        """The picture in `data`, upright, stripped of all that is not pixels, small enough to serve.

        Raises NotAPicture, TooManyPixels, BrokenPicture or TooHeavy, whose sentences name the file by `name`;
        PicturesBusy when too many wait already.
        """
        if len(data) > MAX_BYTES:
            raise TooHeavy(name)
        async with self._place():
            header, pictures = await self._ask_child(data, name)
        if header.error is not None:
            raise REFUSALS.get(header.error, BrokenPicture)(name)
        return Picture(
            full=pictures[0],
            thumbnail=pictures[1],
            width=header.width,
            height=header.height,
            blurhash=header.blurhash,
            likenesses=header.likenesses,
            copies=dict(zip(COPY_SIDES, pictures[2:], strict=True)),
        )

    async def close(self) -> None:
        """End the spare processes."""
        while self._spare:
            child, timer = self._spare.pop()
            timer.cancel()
            await _end(child)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        if self._waiting >= WAITING:
            raise PicturesBusy
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()

    async def _ask_child(self, data: bytes, name: str) -> tuple[_PictureHeader, list[bytes]]:
        spare = self._take_spare()
        if spare is not None:
            with contextlib.suppress(OSError, EOFError):  # it died while it waited: nothing is wrong with the picture
                return await self._converse(spare, data, name)
        try:
            return await self._converse(await _start(), data, name)
        except (OSError, EOFError) as error:
            log.warning("picture_child_died", bytes=len(data))
            raise BrokenPicture(name) from error

    async def _converse(
        self, child: asyncio.subprocess.Process, data: bytes, name: str
    ) -> tuple[_PictureHeader, list[bytes]]:
        """One picture with one child, who is kept for the next one unless something went wrong."""
        done = False
        try:
            async with asyncio.timeout(self._timeout):
                answer = await _exchange(child, data)
            done = True
        except TimeoutError as error:
            log.warning("picture_child_stopped", seconds=self._timeout, bytes=len(data))
            raise BrokenPicture(name) from error
        finally:
            if done:
                self._keep(child)
            else:
                await _end(child)
        return answer

    def _take_spare(self) -> asyncio.subprocess.Process | None:
        while self._spare:
            child, timer = self._spare.pop()
            timer.cancel()
            if child.returncode is None:
                return child
        return None

    def _keep(self, child: asyncio.subprocess.Process) -> None:
        timer = asyncio.get_running_loop().call_later(self._idle, self._dismiss, child)
        self._spare.append((child, timer))

    def _dismiss(self, child: asyncio.subprocess.Process) -> None:
        self._spare = [item for item in self._spare if item[0] is not child]
        if child.stdin is not None:
            child.stdin.close()  # it ends by itself; the event loop collects it


async def _start() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(CHILD),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},  # nothing of ours: not the database's address, not the key file
    )


async def _exchange(child: asyncio.subprocess.Process, data: bytes) -> tuple[_PictureHeader, list[bytes]]:
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(LENGTH.pack(len(data)))
    child.stdin.write(data)
    await child.stdin.drain()
    length = LENGTH.unpack(await child.stdout.readexactly(LENGTH.size))[0]
    header = msgspec.json.decode(await child.stdout.readexactly(length), type=_PictureHeader)
    return header, [await child.stdout.readexactly(size) for size in header.sizes]


async def _end(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.kill()
    await asyncio.shield(child.wait())
