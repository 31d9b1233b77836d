"""Films and sounds: told by their bytes, copied by the child process, rid of what they tell of their makers."""

import os
import random
import re
import struct
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest

from federation.sandbox import film_copy, films
from federation.sandbox.film_child import open_film
from federation.sandbox.film_copy import UnusableFilm, blank_comment
from federation.sandbox.films import HEAD, TYPES, Film, FilmPool, find_kind
from federation.sandbox.refused_films import REFUSALS, BrokenFilm, TooHeavyFilm
from tests.film_files import FORMATS, SECRET, make_film, make_gif, turn_sideways
from tests.picture_files import decode
from web.rendering.error_messages.lookup import SENTENCES

ROOT = Path(__file__).parents[3]

SOUNDS = ("m4a", "weba", "mp3", "ogg", "wav", "flac")


def copy(folder: Path, data: bytes, kind: str | None = None) -> tuple[Film, bytes]:
    """What the child makes of a file, without a child: what it is, and the copy."""
    source, target = folder / "source", folder / "target"
    source.write_bytes(data)
    with source.open("rb") as reading, target.open("w+b") as writing:
        header, poster = open_film(kind or find_kind(data[:HEAD]) or "", reading.fileno(), writing.fileno())
    return Film(**header, poster=poster), target.read_bytes()


def reopen(data: bytes) -> Any:
    return av.open(BytesIO(data))


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in {"silent", "mjpeg", "hevc", "vorbis"}])
def test_b48_nothing_is_told_and_it_plays_as_before(tmp_path: Path, name: str) -> None:
    data = make_film(name)
    assert SECRET in data

    film, copied = copy(tmp_path, data)

    assert film.mime == TYPES["mp4" if name == "mov" else name]
    assert b"Alice" not in copied and b"+50." not in copied
    assert (film.type, bool(film.poster)) == (("audio", False) if name in SOUNDS else ("video", True))
    assert film.duration == pytest.approx(1.0, abs=0.06)
    assert (film.measures["channels"], film.measures["sample_rate"]) == ("mono", 48_000)
    with reopen(copied) as again, reopen(data) as before:
        assert len(list(again.decode(again.streams.best("audio")))) == len(list(before.decode(audio=0)))


def test_b48_what_a_vorbis_sound_says_of_itself_in_a_webm_is_emptied_too(tmp_path: Path) -> None:
    comment = b"ARTIST=Alice"
    packet = struct.pack("<7sI4sII", b"\x03vorbis", 4, b"Xiph", 1, len(comment)) + comment + b"\x01"
    path = tmp_path / "told"
    path.write_bytes(b"before" + packet + b"\x05vorbis after")

    with path.open("r+b") as file:
        blank_comment(file.fileno())

    rest = len(packet) - 16
    assert path.read_bytes() == (
        b"before" + struct.pack(f"<7sI{rest}sIB", b"\x03vorbis", rest, b" " * rest, 0, 1) + b"\x05vorbis after"
    )
    film, copied = copy(tmp_path, make_film("vorbis"))
    assert (film.mime, film.measures["sound"]) == ("audio/webm", "vorbis")
    with reopen(copied) as again:
        assert len(list(again.decode(audio=0))) > 5


def test_a_film_is_measured_and_one_of_its_pictures_that_shows_something_stands_for_it(tmp_path: Path) -> None:
    film, copied = copy(tmp_path, make_film("mp4", size=(1200, 600)))

    assert (film.width, film.height, film.measures["frame_rate"]) == (1200, 600, "10/1")
    assert (film.measures["film"], film.measures["sound"]) == ("h264", "aac")
    assert film.measures["bitrate"] == pytest.approx(len(copied) * 8, rel=0.1)
    assert copied.index(b"moov") < copied.index(b"mdat")
    poster = decode(film.poster)
    assert poster.size == (960, 480)
    assert poster.convert("L").getpixel((900, 400)) == pytest.approx(255, abs=9)


def test_a_film_that_lies_on_its_side_stays_as_it_is_seen(tmp_path: Path) -> None:
    film, copied = copy(tmp_path, turn_sideways(make_film("mp4")))

    assert (film.width, film.height) == (48, 64)
    assert decode(film.poster).size == (48, 64)
    with reopen(copied) as again:
        assert next(again.decode(video=0)).rotation == -90


def test_a_short_film_without_sound_and_a_gif_that_moves_are_gifv(tmp_path: Path) -> None:
    silent, _ = copy(tmp_path, make_film("silent"))
    gif, copied = copy(tmp_path, make_gif())

    assert (silent.type, gif.type) == ("gifv", "gifv")
    assert (gif.mime, gif.width, gif.height) == ("video/mp4", 32, 20)
    assert gif.duration == pytest.approx(0.9)
    with reopen(copied) as again:
        assert len(list(again.decode(video=0))) == 5
    with pytest.raises(UnusableFilm, match="still"):
        copy(tmp_path, make_gif(frames=1))


def test_two_hours_are_a_film_like_another(tmp_path: Path) -> None:
    film, _ = copy(tmp_path, stretch(make_film("silent"), 10_240))

    assert film.type == "video"
    assert film.duration == pytest.approx(10_240)


def stretch(film: bytes, times: int) -> bytes:
    """An MP4 that lasts so many times as long: every clock in it goes slower."""
    changed = bytearray(film)
    for box, place in ((b"mdhd", 16), (b"mvhd", 16)):
        begin = 0
        while (begin := changed.find(box, begin) + 1) > 0:
            where = begin - 1 + place
            ticks = int.from_bytes(changed[where : where + 4], "big")
            changed[where : where + 4] = max(1, ticks // times).to_bytes(4, "big")
    return bytes(changed)


def test_hevc_is_kept_and_what_browsers_cannot_play_at_all_is_refused(tmp_path: Path) -> None:
    film, _ = copy(tmp_path, make_film("hevc"))

    assert film.measures["film"] == "hevc"
    with pytest.raises(UnusableFilm, match="unplayable"):
        copy(tmp_path, make_film("mjpeg"))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"hello", "mov"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n", "mov"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "matroska"),
        (b"ID3\x04\0\0\0\0\0\x09" + b"#EXTM3U\n" * 40, "mp3"),
        (make_film("mp4")[:-300], "mov"),
        (make_film("webm")[:400], "matroska"),
        (make_film("ogg")[:60], "ogg"),
        (b"\x1aE\xdf\xa3" + b"\xff" * 3000, "matroska"),
        (struct.pack(">I4s", 16, b"ftyp") + b"isom\0\0\0\0" + struct.pack(">I4s", 8, b"moov"), "mov"),
        (make_gif()[:30], "gif"),
    ],
    ids=["text", "playlist", "list", "tag and playlist", "mp4", "webm", "ogg", "endless box", "empty box", "gif"],
)
def test_b47_what_is_no_film_and_what_is_torn_off_is_refused(tmp_path: Path, data: bytes, kind: str) -> None:
    with pytest.raises(UnusableFilm) as refused:
        copy(tmp_path, data, kind)

    assert refused.value.args[0] in {"broken", "not_a_film"}


def test_b47_what_a_file_points_to_is_not_opened(tmp_path: Path) -> None:
    """A MOV whose samples are said to be in another file."""
    other = tmp_path / "secret.mp4"
    other.write_bytes(make_film("mp4"))
    alias = str(other).encode()
    entry = struct.pack(">I4sI", 12 + len(alias) + 1, b"url ", 0) + alias + b"\0"
    data = make_film("mov").replace(struct.pack(">I4sI", 12, b"url ", 1), entry)

    with pytest.raises(UnusableFilm, match="broken"):
        copy(tmp_path, data)


def test_b47_what_is_announced_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (films.MAX_PIXELS, films.MAX_RATE) == (film_copy.MAX_PIXELS, film_copy.MAX_RATE)

    with pytest.raises(UnusableFilm, match="too_fast"):
        copy(tmp_path, make_film("silent", frames=130, rate=130))
    monkeypatch.setattr(film_copy, "MAX_PIXELS", 64 * 48 - 1)
    with pytest.raises(UnusableFilm, match="too_many_pixels"):
        copy(tmp_path, make_film("silent"))
    monkeypatch.setattr(film_copy, "GIF_FRAMES", 4)
    with pytest.raises(UnusableFilm, match="too_long"):
        copy(tmp_path, make_gif())


def test_b47_thousands_of_streams_are_refused(tmp_path: Path) -> None:
    data = make_film("silent")
    begin = data.index(b"trak") - 4
    track = data[begin : begin + int.from_bytes(data[begin : begin + 4], "big")]
    moov = data.index(b"moov") - 4
    grown = int.from_bytes(data[moov : moov + 4], "big") + 2000 * len(track)
    many = data[:moov] + grown.to_bytes(4, "big") + data[moov + 4 : begin] + track * 2000 + data[begin:]

    with pytest.raises(UnusableFilm, match="broken"):
        copy(tmp_path, many)


def test_a_torn_or_twisted_film_is_refused_or_copied_and_never_hangs(tmp_path: Path) -> None:
    chance = random.Random(7)

    for name in ("mp4", "webm", "ogg"):
        for _ in range(20):
            twisted = bytearray(make_film(name))
            for _ in range(40):
                twisted[chance.randrange(12, len(twisted))] = chance.randrange(256)
            try:
                film, _ = copy(tmp_path, bytes(twisted))
            except UnusableFilm:
                continue
            assert film.duration >= 0


async def test_the_child_copies_and_its_refusals_name_the_file(tmp_path: Path) -> None:
    source, target, pool = tmp_path / "source", tmp_path / "target", FilmPool()
    source.write_bytes(make_film("mp4"))

    film = await pool.check_and_copy(source, target, "mov", "../velo.mp4")

    assert film is not None and (film.suffix, film.measures["film"]) == ("mp4", "h264")
    assert b"Alice" not in target.read_bytes()
    source.write_bytes(b"hello")
    with pytest.raises(BrokenFilm) as refused:
        await pool.check_and_copy(source, target, "mov", "../velo.mp4")
    assert refused.value.values == {"name": "velo.mp4"}
    assert all("%(name)s" in SENTENCES[error.code] for error in REFUSALS.values())


async def test_a_film_that_is_too_heavy_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "source").open("wb") as file:
        os.truncate(file.fileno(), films.MAX_BYTES + 1)

    with pytest.raises(TooHeavyFilm):
        await FilmPool().check_and_copy(tmp_path / "source", tmp_path / "target", "mov")
    assert not (tmp_path / "target").exists()


async def test_a_child_that_takes_too_long_is_ended_and_the_next_film_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(make_film("mp3"))
    pool = FilmPool(timeout=0.001)

    for _ in range(2):
        with pytest.raises(BrokenFilm):
            await pool.check_and_copy(tmp_path / "source", tmp_path / "target", "mp3")


def test_b47_the_child_can_open_nothing_more() -> None:
    """In a process of its own, as it is started: neither a file nor a connection."""
    attempt = (
        "import socket, av; from federation.sandbox.film_child import limit_process\n"
        "import os; kept = os.dup2(os.open('/dev/null', os.O_RDONLY), 200); limit_process(); os.pread(200, 1, 0)\n"
        "for open_something in (lambda: open('/etc/passwd'), socket.socket, lambda: bytearray(2**31)):\n"
        "    try: open_something(); print('opened')\n"
        "    except (OSError, MemoryError): print('refused')\n"
    )

    said = subprocess.run([sys.executable, "-c", attempt], capture_output=True, text=True, check=True).stdout

    assert said.split() == ["refused"] * 3


def test_the_server_itself_does_not_load_what_opens_films() -> None:
    """It would take thirty megabytes for each process."""
    opening = re.compile(r"^\s*(?:import av\b|from av\b|from federation\.film_c|from federation import .*film_c)", re.M)
    folders = [ROOT / name for name in ("models", "federation", "outbox", "inbox", "web")]

    found = {path.stem for folder in folders for path in folder.rglob("*.py") if opening.search(path.read_text())}

    assert found == {"film_child", "film_copy"}


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"hello",
        b"<svg onload=alert(1)>",
        b"\xff\xd8\xff\xe0JFIF",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0WEBP",
        b"\0\0\0\x18ftypheic\0\0\0\0",
        b"\0\0\0\x18ftypavif\0\0\0\0",
        b"#EXTM3U\n",
        b"ffconcat version 1.0",
        b"\xff\xff\xff\xff",
    ],
)
def test_everything_else_is_no_film(head: bytes) -> None:
    assert find_kind(head) is None
