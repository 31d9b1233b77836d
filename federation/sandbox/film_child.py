"""The process in which a film, a sound or a moving GIF is opened: one file, its copy, and it ends.

It knows nothing of ours: no settings, no database, no secrets. Its input is the file itself; its arguments are what
the file is by its first bytes and the number of the open file that it fills. From then on it can open nothing: no file
and no connection. Its answer is a length, a JSON header, and for a film one of its pictures as JPEG.
"""

import contextlib
import json
import os
import resource
import struct
import sys
from importlib import import_module
from io import BytesIO
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import av
from av.logging import PANIC, set_level
from PIL import Image

from federation.sandbox.film_copy import (
    GIF_TICKS,
    Measured,
    Streams,
    UnusableFilm,
    choose_streams,
    choose_suffix,
    copy_streams,
    film_gif,
    name_codec,
    open_source,
    require_whole,
)

MAX_WRITTEN = 48 * 1024 * 1024
"""Bytes of the copy: a little more than the largest file that comes, whose container may be leaner."""

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space: the pictures that a film of 4K refers to take a quarter of it."""

SECONDS = 30
"""Of processor time."""

POSTER_SIDE = 960

TRIES = 60
"""Pictures that are looked at for one that shows something: many films begin in the dark."""

CONTRAST = 24
"""Between the darkest and the brightest of a picture that shows something, of 255."""

LENGTH = struct.Struct(">I")


def open_film(kind: str, source: int, target: int) -> tuple[dict[str, Any], bytes]:
    """Fill `target` with the copy; what it is, and one picture. Raises UnusableFilm."""
    try:
        if kind == "mov":
            require_whole(source)
        with open_source(kind, source) as opened:
            header, picture = (
                _open_gif(opened, source, target) if kind == "gif" else _open_any(kind, opened, source, target)
            )
        return header | {"byte_size": os.fstat(target).st_size}, picture
    except (UnusableFilm, OSError) as refusal:
        if isinstance(refusal, UnusableFilm) or type(refusal) is OSError:
            raise
        raise UnusableFilm("broken") from refusal  # PyAV's errors are kinds of OSError or ValueError
    except Exception as error:  # what a broken file makes it raise is not to be foreseen
        raise UnusableFilm("broken") from error


def _open_any(kind: str, opened: Any, source: int, target: int) -> tuple[dict[str, Any], bytes]:
    streams = choose_streams(opened)
    suffix = choose_suffix(kind, streams)
    measured = copy_streams(opened, streams, suffix, target)
    header = {
        "suffix": suffix,
        "duration": round(measured.duration, 3),
        "measures": _measure(streams, measured, target),
    }
    if streams.film is None:
        return header, b""
    picture, turned = find_picture(kind, source)
    width, height = streams.film.codec_context.width, streams.film.codec_context.height
    return header | ({"width": height, "height": width} if turned else {"width": width, "height": height}), picture


def _open_gif(opened: Any, source: int, target: int) -> tuple[dict[str, Any], bytes]:
    measured = film_gif(opened, target)
    with open_source("mov", target) as copied:
        context = copied.streams.video[0].codec_context
        header = {"suffix": "mp4", "width": context.width, "height": context.height}
    rate = f"{round(measured.frames / measured.duration * GIF_TICKS)}/{GIF_TICKS}"
    measures = {"frame_rate": rate, "bitrate": _bitrate(target, measured.duration), "film": "h264"}
    picture, _ = find_picture("gif", source)
    return header | {"duration": round(measured.duration, 3), "measures": measures}, picture


def _measure(streams: Streams, measured: Measured, target: int) -> dict[str, Any]:
    found: dict[str, Any] = {"bitrate": _bitrate(target, measured.duration)}
    if streams.film is not None:
        rate = streams.film.average_rate or measured.frames / max(measured.duration, 0.001)
        number, part = rate.as_integer_ratio() if not isinstance(rate, float) else (round(rate * 1000), 1000)
        found |= {"frame_rate": f"{number}/{part}", "film": name_codec(streams.film)}
    if streams.sound is not None:
        context = streams.sound.codec_context
        channels = {1: "mono", 2: "stereo"}.get(context.layout.nb_channels, context.layout.name)
        found |= {"sound": name_codec(streams.sound), "sample_rate": context.sample_rate, "channels": channels}
    return found


def _bitrate(target: int, duration: float) -> int:
    return min(2**31 - 1, round(os.fstat(target).st_size * 8 / max(duration, 0.001)))


def find_picture(kind: str, source: int) -> tuple[bytes, bool]:
    """The first picture that shows something as JPEG, upright, and whether it lay on its side. Raises UnusableFilm."""
    with open_source(kind, source) as opened:
        film = choose_streams(opened).film
        film.codec_context.thread_count = 1
        first, best = None, None
        for number, frame in enumerate(opened.decode(film)):
            first = first or frame
            if _shows_something(frame):
                best = frame
            if best is not None or number >= TRIES:
                break
        frame = best or first
        if frame is None:
            raise UnusableFilm("broken")
        return _draw(frame), frame.rotation % 180 != 0


def _shows_something(frame: Any) -> bool:
    low, high = frame.to_image(width=32, height=32).convert("L").getextrema()
    return bool(high - low >= CONTRAST)


def _draw(frame: Any) -> bytes:
    scale = min(1.0, POSTER_SIDE / max(frame.width, frame.height))
    size = {"width": max(1, round(frame.width * scale)), "height": max(1, round(frame.height * scale))}
    image = frame.to_image(**size)
    if frame.rotation:
        image = image.rotate(frame.rotation, expand=True)
    out = BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def limit_process() -> None:
    """Take from this process what it does not need: memory, time, writing more than a film, opening anything."""
    set_level(PANIC)
    Image.init()
    for module in walk_packages(av.__path__, "av."):  # what is loaded later could not be opened any more
        if not module.name.endswith("__main__"):
            import_module(module.name)
    with contextlib.suppress(OSError):  # when memory runs out, this process goes, not the server
        Path("/proc/self/oom_score_adj").write_text("800")
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, MAX_WRITTEN),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),  # what is open stays so
    ):
        resource.setrlimit(limit, (most, most))
    with contextlib.suppress(OSError):
        os.nice(5)  # pages first


def main(kind: str, target: int) -> None:
    """Open what stands on the input."""
    limit_process()
    try:
        header, picture = open_film(kind, sys.stdin.fileno(), target)
    except UnusableFilm as refusal:
        header, picture = {"error": refusal.args[0]}, b""
    except OSError as error:
        header, picture = {"error": "full", "cause": str(error)}, b""
    packed = json.dumps(header | {"poster": len(picture)}).encode()
    sys.stdout.buffer.write(LENGTH.pack(len(packed)) + packed + picture)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
