"""Films and sounds copied stream by stream into a container that we make. Runs in the child process alone, with PyAV.

What the file told of place, device and person stays behind (B-48); nothing that is seen or heard is changed, but that
a GIF becomes a silent film, a tenth of its size.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import Any

import av
from av.stream import Disposition

MP4_FILMS = frozenset({"h264", "hevc", "av1", "vp9"})
MP4_SOUNDS = frozenset({"aac", "mp3", "opus", "flac", "alac"})
WEBM_FILMS = frozenset({"vp8", "vp9", "av1"})
WEBM_SOUNDS = frozenset({"opus", "vorbis"})
PLAIN_SOUNDS = {
    "mp3": frozenset({"mp3"}),
    "flac": frozenset({"flac"}),
    "wav": frozenset({"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"}),
    "ogg": frozenset({"opus", "vorbis", "flac"}),
}

DECODERS = {"libdav1d": "av1", "libopus": "opus", "libvpx": "vp8", "libvpx-vp9": "vp9", "mp3float": "mp3"}
"""Names of decoders, where they differ from what they read."""

MUXERS = {"m4a": "ipod", "weba": "webm"}
"""Who writes what, where it has another name than the end of the key."""

OPTIONS = {"mp4": {"movflags": "faststart"}, "m4a": {"movflags": "faststart"}, "mp3": {"id3v2_version": "0"}}

MAX_PIXELS = 3840 * 2160
MAX_RATE = 120
MAX_STREAMS = 16
"""A telephone writes up to eight, most of them about how it was held."""

MISSING = 0.1
"""The part of its length that a film may lack before it counts as torn off."""

GIF_SIDE = 1280
GIF_FRAMES = 1200
GIF_TICKS = 100
"""Of a GIF's clock in a second."""


class UnusableFilm(Exception):
    """Not used; the first argument is why, as `films.REFUSALS` lists it."""


class Window:
    """An open file with a place of its own: what is read again while it is still written has two of them."""

    name = ""

    def __init__(self, descriptor: int) -> None:
        """The descriptor stays the caller's."""
        self._descriptor = descriptor
        self._place = 0

    def read(self, size: int) -> bytes:
        """The next bytes; none at the end."""
        data = os.pread(self._descriptor, size, self._place)
        self._place += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go there."""
        starts = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: os.fstat(self._descriptor).st_size}
        self._place = starts[whence] + offset
        return self._place

    def tell(self) -> int:
        """Where it is."""
        return self._place

    def close(self) -> None:
        """Nothing: the descriptor is not ours."""


class WritableWindow(Window):
    """One that is filled."""

    def write(self, data: bytes) -> int:
        """All of this, at its place."""
        rest = memoryview(data)
        while rest:
            written = os.pwrite(self._descriptor, rest, self._place)
            self._place += written
            rest = rest[written:]
        return len(data)


@dataclass(slots=True)
class Measured:
    """What was copied: the first and last moment of each stream in seconds, and how many pictures the film has."""

    first: dict[int, float] = field(default_factory=dict)
    last: dict[int, float] = field(default_factory=dict)
    frames: int = 0

    def note(self, packet: Any, *, film: bool) -> None:
        """One packet with its times."""
        index, begin = packet.stream.index, float(packet.pts * packet.time_base)
        self.first[index] = min(begin, self.first.get(index, begin))
        end = begin + float((packet.duration or 0) * packet.time_base)
        self.last[index] = max(end, self.last.get(index, end))
        self.frames += film

    @property
    def duration(self) -> float:
        """Of the stream that lasts longest."""
        return max((self.last[index] - max(0.0, self.first[index]) for index in self.last), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """The film and the sound that are kept of a container."""

    film: Any
    sound: Any

    def __iter__(self) -> Iterator[Any]:
        return (one for one in (self.film, self.sound) if one is not None)


def open_source(kind: str, descriptor: int) -> Any:
    """The container. Raises what PyAV raises for what is none."""
    return av.open(
        Window(descriptor),
        format=kind,
        options={"max_streams": str(MAX_STREAMS), "protocol_whitelist": "", "format_whitelist": kind},
        metadata_errors="replace",
        io_open=_open_nothing,
    )


def _open_nothing(url: str, flags: int, options: Any) -> Any:
    raise UnusableFilm("broken")


def require_whole(descriptor: int) -> None:
    """Raise UnusableFilm where a box of an MP4 ends behind the file: readers would go on without what is missing."""
    place, size = 0, os.fstat(descriptor).st_size
    while place < size:
        head = os.pread(descriptor, 16, place)
        length = int.from_bytes(head[:4], "big")
        length = int.from_bytes(head[8:], "big") if length == 1 else length or size - place
        if len(head) < 8 or length < 8 or place + length > size:
            raise UnusableFilm("broken")
        place += length


def choose_streams(source: Any) -> Streams:
    """The first film and the first sound; a cover is no film. Raises UnusableFilm where there is neither."""
    films = [one for one in source.streams.video if not one.disposition & Disposition.attached_pic]
    film, sound = next(iter(films), None), next(iter(source.streams.audio), None)
    if film is None and sound is None:
        raise UnusableFilm("not_a_film")
    if film is not None and film.codec_context.width * film.codec_context.height > MAX_PIXELS:
        raise UnusableFilm("too_many_pixels")
    return Streams(film=film, sound=sound)


def name_codec(stream: Any) -> str:
    """What the stream is made of."""
    name: str = stream.codec_context.name
    return DECODERS.get(name, name)


def choose_suffix(kind: str, streams: Streams) -> str:
    """In what they are kept: what browsers open, and as it came where that is so. Raises UnusableFilm."""
    names = {name_codec(one) for one in streams}
    if kind in PLAIN_SOUNDS and streams.film is None and names <= PLAIN_SOUNDS[kind]:
        return kind
    web, plain = ("weba", "m4a") if streams.film is None else ("webm", "mp4")
    fits_web, fits_plain = names <= WEBM_FILMS | WEBM_SOUNDS, names <= MP4_FILMS | MP4_SOUNDS
    if fits_plain and not (fits_web and kind == "matroska"):
        return plain
    if fits_web:
        return web
    raise UnusableFilm("unplayable")


def copy_streams(source: Any, streams: Streams, suffix: str, descriptor: int) -> Measured:
    """Both as they are, in a container that says nothing more. Raises UnusableFilm for what is torn off or too fast."""
    measured = Measured()
    with _open_target(suffix, descriptor) as target:
        copies = {one.index: target.add_stream_from_template(one) for one in streams}
        for copy in copies.values():
            copy.metadata.clear()
        for packet in source.demux(list(streams)):
            if packet.size == 0:
                continue
            if packet.dts is None or packet.pts is None:  # cannot be put in order without being decoded
                raise UnusableFilm("unplayable")
            measured.note(packet, film=packet.stream is streams.film)
            packet.stream = copies[packet.stream.index]
            target.mux(packet)
    if suffix in {"webm", "weba"}:
        blank_comment(descriptor)
    _require_playable(measured, source)
    return measured


def _require_playable(measured: Measured, source: Any) -> None:
    declared = (source.duration or 0) / av.time_base
    if not measured.last or measured.duration < declared * (1 - MISSING) - 1:
        raise UnusableFilm("broken")
    if measured.frames > MAX_RATE * max(measured.duration, 0.5):
        raise UnusableFilm("too_fast")


VORBIS_COMMENT, VORBIS_SETUP = b"\x03vorbis", b"\x05vorbis"


def blank_comment(descriptor: int) -> None:
    """Empty what a Vorbis sound says of itself: in WebM its three headers are copied as they are."""
    head = os.pread(descriptor, 65_536, 0)
    begin = head.find(VORBIS_COMMENT)
    size = head.find(VORBIS_SETUP, begin) - begin
    if begin < 0 or size < 16:
        return
    rest = size - 16  # a program's name that is nothing but spaces, no comment, and the bit that ends the header
    blank = VORBIS_COMMENT + rest.to_bytes(4, "little") + b" " * rest + bytes(4) + b"\x01"
    os.pwrite(descriptor, blank, begin)


def _open_target(suffix: str, descriptor: int) -> Any:
    return av.open(
        WritableWindow(descriptor),
        "w",
        format=MUXERS.get(suffix, suffix),
        options={"fflags": "+bitexact", **OPTIONS.get(suffix, {})},
        io_open=lambda url, flags, options: Window(descriptor),  # faststart reads what it wrote
    )


def film_gif(source: Any, descriptor: int) -> Measured:
    """A GIF that moves as a silent MP4. Raises UnusableFilm for one that does not, and for one that never ends."""
    measured = Measured()
    frames = source.decode(source.streams.video[0])
    begun = list(islice(frames, 2))
    if len(begun) < 2:
        raise UnusableFilm("still")
    scale = min(1.0, GIF_SIDE / max(begun[0].width, begun[0].height))
    with _open_target("mp4", descriptor) as target:
        stream = target.add_stream("libx264", rate=GIF_TICKS, options={"preset": "veryfast", "crf": "23"})
        stream.width, stream.height = (
            max(2, round(side * scale) // 2 * 2) for side in (begun[0].width, begun[0].height)
        )
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1
        stream.codec_context.time_base = Fraction(1, GIF_TICKS)
        for number, frame in enumerate(_chain(begun, frames)):
            if number >= GIF_FRAMES:
                raise UnusableFilm("too_long")
            shown = frame.reformat(width=stream.width, height=stream.height, format="yuv420p")
            shown.pts, shown.time_base = round(frame.time * GIF_TICKS), stream.codec_context.time_base
            measured.last[0], measured.first[0] = frame.time + 1 / 10, 0.0
            measured.frames += 1
            target.mux(stream.encode(shown))
        target.mux(stream.encode(None))
    return measured


def _chain(begun: list[Any], rest: Iterator[Any]) -> Iterator[Any]:
    yield from begun
    yield from rest
