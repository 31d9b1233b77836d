"""Films and sounds: told by their bytes, and rid of what they tell of their makers without moving anything."""

import random
import struct

import pytest

from federation.films import BrokenFilm, clean_film

SECRET = b"+50.6365+003.0635/Alice"


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def element(id: bytes, body: bytes) -> bytes:
    return id + b"\x01" + len(body).to_bytes(7, "big") + body


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def id3(body: bytes) -> bytes:
    return b"ID3\x04\0\0" + bytes((0, 0, len(body) >> 7, len(body) & 0x7F)) + body


FRAME = b"\xff\xfb\x90\x00" + b"sound" * 30

TRACK = box(b"trak", box(b"tkhd", b"t" * 20) + box(b"udta", SECRET) + box(b"mdia", box(b"meta", SECRET)))

FILES: dict[str, bytes] = {
    "mp4": box(b"ftyp", b"isom\0\0\0\0")
    + box(b"moov", box(b"mvhd", b"m" * 9) + TRACK + box(b"udta", SECRET) + box(b"meta", SECRET))
    + box(b"uuid", b"x" * 16 + SECRET)
    + struct.pack(">I4sQ", 1, b"mdat", 16 + 500)
    + b"d" * 500,
    "mov": box(b"ftyp", b"qt  \0\0\0\0") + box(b"mdat", b"d" * 50) + box(b"moov", box(b"meta", SECRET)),
    "m4a": box(b"ftyp", b"M4A \0\0\0\0") + box(b"moov", box(b"udta", SECRET)) + struct.pack(">I4s", 0, b"mdat") + b"d",
    "webm": element(b"\x1aE\xdf\xa3", b"webm")
    + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"
    + element(b"\x15\x49\xa9\x66", element(b"\x7b\xa9", SECRET) + element(b"\x2a\xd7\xb1", b"123"))
    + b"\x1f\x43\xb6\x75\xff"
    + element(b"\xe7", b"\0")
    + element(b"\xa3", b"frames" * 9)
    + element(b"\x12\x54\xc3\x67", SECRET)
    + b"\x44\x61\x82no",
    "flac": b"fLaC\x00\x00\x00\x22"
    + b"s" * 34
    + b"\x04\x00\x00\x17"
    + SECRET
    + b"\x86\x00\x00\x17"
    + SECRET
    + b"\xff\xf8x",
    "wav": b"RIFF\0\0\0\0WAVE"
    + chunk(b"fmt ", b"f" * 16)
    + chunk(b"LIST", SECRET)
    + chunk(b"data", b"d" * 41)
    + chunk(b"id3 ", SECRET),
    "mp3": id3(SECRET) + id3(b"more") + FRAME + b"TAG" + SECRET.ljust(125, b"\0"),
}


@pytest.mark.parametrize("suffix", FILES)
def test_b48_nothing_is_told_and_nothing_that_is_played_changes(suffix: str) -> None:
    film = clean_film(FILES[suffix])

    assert film is not None and film.suffix == suffix
    assert SECRET not in film.data and b"Alice" not in film.data
    if suffix == "mp3":
        assert film.data == FRAME
        return
    assert len(film.data) == len(FILES[suffix])
    for part in (b"d" * 40, b"frames" * 9, b"s" * 34, b"f" * 16, b"m" * 9, b"t" * 20, b"123"):
        assert film.data.find(part) == FILES[suffix].find(part)
    again = clean_film(film.data)
    assert again is not None and again.data == film.data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg onload=alert(1)>",
        b"\xff\xd8\xff\xe0JFIF",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0WEBP",
        box(b"ftyp", b"heic\0\0\0\0"),
        box(b"ftyp", b"avif\0\0\0\0"),
        b"GIF89a",
        b"OggS\0\2",
        b"\xff\xff\xff\xff",
    ],
)
def test_everything_else_is_no_film(data: bytes) -> None:
    assert clean_film(data) is None


@pytest.mark.parametrize("suffix", FILES)
def test_a_torn_or_twisted_film_is_refused_or_cleaned_and_never_hangs(suffix: str) -> None:
    chance = random.Random(7)
    data = FILES[suffix]

    for number in range(400):
        twisted = bytearray(data[: chance.randrange(1, len(data) + 1)] if number % 2 else data)
        for _ in range(chance.randrange(4)):
            twisted[chance.randrange(len(twisted))] = chance.randrange(256)
        try:
            film = clean_film(bytes(twisted))
        except BrokenFilm:
            continue
        assert film is None or len(film.data) <= len(twisted)


def test_boxes_in_boxes_in_boxes_end() -> None:
    deep = box(b"udta", SECRET)
    for _ in range(20_000):
        deep = box(b"moov", deep)

    film = clean_film(box(b"ftyp", b"isom\0\0\0\0") + deep)

    assert film is not None
