"""Films, sounds and GIFs made for tests: real ones, a second long, that say where and by whom they were made."""

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

import av
from PIL import Image, ImageDraw

SECRET = b"+50.6365+003.0635/Alice"

TOLD: Mapping[str, str] = {
    name: SECRET.decode() for name in ("title", "artist", "comment", "location", "com.apple.quicktime.make")
}

UPRIGHT = bytes.fromhex("00010000 00000000 00000000 00000000 00010000")
ON_ITS_SIDE = bytes.fromhex("00000000 00010000 00000000 FFFF0000 00000000")
"""The beginning of a matrix of an MP4."""

FORMATS: Mapping[str, tuple[str, str | None, str | None]] = {
    "mp4": ("mp4", "libx264", "aac"),
    "mov": ("mov", "libx264", "aac"),
    "webm": ("webm", "libvpx", "libopus"),
    "m4a": ("ipod", None, "aac"),
    "weba": ("webm", None, "libopus"),
    "mp3": ("mp3", None, "libmp3lame"),
    "ogg": ("ogg", None, "libopus"),
    "wav": ("wav", None, "pcm_s16le"),
    "flac": ("flac", None, "flac"),
    "vorbis": ("webm", None, "vorbis"),
    "silent": ("mp4", "libx264", None),
    "hevc": ("mp4", "libx265", "aac"),
    "mjpeg": ("mov", "mjpeg", None),
}
"""Container, film and sound."""


@cache
def make_film(name: str, *, size: tuple[int, int] = (64, 48), frames: int = 10, rate: int = 10) -> bytes:
    """One of FORMATS."""
    format, film, sound = FORMATS[name]
    file = BytesIO()
    with av.open(file, "w", format=format) as made:
        made.metadata.update(TOLD)
        stream: Any = None if film is None else made.add_stream(film, rate=rate, options=_quiet(film))
        locale: Any = (
            None if sound is None else made.add_stream(sound, rate=48_000, layout=_layout(sound), options=_quiet(sound))
        )
        if stream is not None:
            stream.width, stream.height = size
            stream.pix_fmt = "yuvj420p" if film == "mjpeg" else "yuv420p"
            for number in range(frames):
                frame: Any = av.VideoFrame
                made.mux(stream.encode(frame.from_image(_draw(size, number))))
            made.mux(stream.encode(None))
        if locale is not None:
            for number in range(48):
                made.mux(locale.encode(_sound(number)))
            made.mux(locale.encode(None))
    return file.getvalue()


def _quiet(codec: str) -> dict[str, str]:
    return {"libx265": {"x265-params": "log-level=none"}, "vorbis": {"strict": "-2"}}.get(codec, {})


def _layout(sound: str) -> str:
    return "stereo" if sound == "vorbis" else "mono"


def _sound(number: int) -> av.AudioFrame:
    frame = av.AudioFrame(format="s16", layout="mono", samples=1000)
    frame.sample_rate, frame.pts = 48_000, number * 1000
    frame.planes[0].update(bytes((number * 7 + place // 50) % 128 for place in range(frame.planes[0].buffer_size)))
    return frame


def turn_sideways(film: bytes) -> bytes:
    """An MP4 as a telephone makes it that is held upright: the pictures lie on their side, and a matrix says so."""
    track = film.index(b"tkhd")
    return film[:track] + film[track:].replace(UPRIGHT, ON_ITS_SIDE, 1)


@cache
def make_gif(frames: int = 5) -> bytes:
    """A GIF of 33 by 21 pixels, that moves if it has more than one picture."""
    file = BytesIO()
    pictures = [_draw((33, 21), number) for number in range(frames)]
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], duration=200, loop=0)
    return file.getvalue()


def _draw(size: tuple[int, int], number: int) -> Image.Image:
    picture = Image.new("RGB", size, "white" if number else "black")
    ImageDraw.Draw(picture).rectangle((number, 0, number + 8, size[1] // 2), fill="#1B4A9C")
    return picture
