"""Films and sounds that our people send: told by their bytes, kept as they are but for what they tell of their makers.

Nothing is decoded here. What a file says of place, device and person is overwritten where it stands, so that all that
points into the file still does (B-48). Formats whose telling parts are not known here are not taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from models.errors import Invalid

MOVIE_BRANDS = frozenset(
    {
        b"isom",
        b"iso2",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"M4V ",
        b"M4VH",
        b"dash",
        b"3gp4",
        b"3gp5",
    }
)
SOUND_BRANDS = frozenset({b"M4A ", b"M4B "})

TELLING_BOXES = frozenset({b"udta", b"meta", b"uuid", b"XMP_"})
HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"moof", b"traf"})

SOUND_CHUNKS = frozenset({b"fmt ", b"data", b"fact"})
"""What of a WAV file is sound; everything else is overwritten."""

SEGMENT, CLUSTER, INFO = 0x18538067, 0x1F43B675, 0x1549A966
TELLING_ELEMENTS = frozenset({0x1254C367, 0x1941A469, 0x7BA9, 0x4461, 0x7384, 0x73A4})
"""Tags, attachments, title, date, names of files and the file's own number."""

DEEPEST = 6

TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "m4a": "audio/mp4",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
}
"""What is taken: the end of the file's key, and the type with which it is served."""


class BrokenFilm(Invalid):
    """This film or sound cannot be read to its end."""

    code = "broken_film"

    def __init__(self) -> None:
        """The file is the part that clients call so."""
        super().__init__(field="file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A film or a sound as it is kept."""

    data: bytes
    suffix: str

    @property
    def mime(self) -> str:
        """Its type, by its bytes."""
        return TYPES[self.suffix]


def find_suffix(data: bytes) -> str | None:
    """What kind of film or sound this is; None for everything else, pictures included."""
    brand = data[8:12] if data[4:8] == b"ftyp" else b""
    if brand:
        return (
            "mp4" if brand in MOVIE_BRANDS else "m4a" if brand in SOUND_BRANDS else "mov" if brand == b"qt  " else None
        )
    if data[:4] == b"\x1aE\xdf\xa3":
        return "webm"
    if data[:4] == b"fLaC":
        return "flac"
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    return "mp3" if data[:3] == b"ID3" or _is_frame(data) else None


def clean_film(data: bytes) -> Film | None:
    """The film or sound without what it tells of its makers; None for what is neither. Raises BrokenFilm."""
    suffix = find_suffix(data)
    if suffix is None:
        return None
    if suffix == "mp3":
        return Film(data=_cut_tags(data), suffix=suffix)
    clean = bytearray(data)
    match suffix:
        case "webm":
            _clean_webm(clean)
        case "flac":
            _clean_flac(clean)
        case "wav":
            _clean_wav(clean)
        case _:
            _clean_boxes(clean, 0, len(clean), 0)
    return Film(data=bytes(clean), suffix=suffix)


def _is_frame(data: bytes) -> bool:
    """Whether an MPEG frame of layer 3 begins here."""
    return len(data) > 3 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2 and data[2] & 0xF0 not in {0x00, 0xF0}


def _blank(data: bytearray, begin: int, end: int) -> None:
    data[begin:end] = bytes(end - begin)


def _clean_boxes(data: bytearray, begin: int, end: int, depth: int) -> None:
    for name, start, body, stop in _list_boxes(data, begin, end):
        if name in TELLING_BOXES:
            data[start + 4 : start + 8] = b"free"
            _blank(data, body, stop)
        elif name in HOLDERS and depth < DEEPEST:
            _clean_boxes(data, body, stop, depth + 1)


def _list_boxes(data: bytearray, begin: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Name, start, body and end of each box (ISO 14496-12)."""
    place = begin
    while place + 8 <= end:
        size, body = int.from_bytes(data[place : place + 4], "big"), place + 8
        if size == 1:
            size, body = int.from_bytes(data[place + 8 : place + 16], "big"), place + 16
        stop = end if size == 0 else place + size
        if stop > end or stop < body:
            raise BrokenFilm
        yield bytes(data[place + 4 : place + 8]), place, body, stop
        place = stop


def _clean_webm(data: bytearray) -> None:
    """Matroska's elements: those that tell something become Void; of unknown length is what is still being made."""
    place = 0
    while place < len(data):
        id, id_length = _read_number(data, place, keep_mark=True)
        size, size_length = _read_number(data, place + id_length, keep_mark=False)
        body = place + id_length + size_length
        unknown = size == (1 << (7 * size_length)) - 1
        if id in {SEGMENT, INFO} or (id == CLUSTER and unknown):
            place = body
            continue
        if unknown or body + size > len(data):
            raise BrokenFilm
        if id in TELLING_ELEMENTS:
            _make_void(data, place, body + size)
        place = body + size


def _make_void(data: bytearray, begin: int, end: int) -> None:
    length = end - begin
    wide = length >= 9
    head = b"\xec\x01" + (length - 9).to_bytes(7, "big") if wide else bytes((0xEC, 0x80 | (length - 2)))
    data[begin:end] = head + bytes(length - len(head))


def _read_number(data: bytearray, place: int, *, keep_mark: bool) -> tuple[int, int]:
    """A number of EBML and how many bytes it takes; ids keep the mark of their length."""
    first = data[place] if place < len(data) else 0
    length = 9 - first.bit_length()
    if first == 0 or place + length > len(data):
        raise BrokenFilm
    value = int.from_bytes(data[place : place + length], "big")
    return (value if keep_mark else value & ((1 << (7 * length)) - 1)), length


def _clean_flac(data: bytearray) -> None:
    """All blocks before the sound but the one that describes it and the table of places become padding."""
    place, last = 4, False
    while not last:
        if place + 4 > len(data):
            raise BrokenFilm
        last, kind = bool(data[place] & 0x80), data[place] & 0x7F
        stop = place + 4 + int.from_bytes(data[place + 1 : place + 4], "big")
        if stop > len(data):
            raise BrokenFilm
        if kind not in {0, 1, 3}:
            data[place] = data[place] & 0x80 | 1
            _blank(data, place + 4, stop)
        place = stop


def _clean_wav(data: bytearray) -> None:
    place = 12
    while place + 8 <= len(data):
        stop = place + 8 + int.from_bytes(data[place + 4 : place + 8], "little")
        if stop > len(data):
            raise BrokenFilm
        if bytes(data[place : place + 4]) not in SOUND_CHUNKS:
            data[place : place + 4] = b"JUNK"
            _blank(data, place + 8, stop)
        place = stop + (stop - place) % 2


def _cut_tags(data: bytes) -> bytes:
    """An MP3 without ID3 at either end, and without APE before the one at the end."""
    begin, end = 0, len(data)
    while data[begin : begin + 3] == b"ID3":
        size = data[begin + 6 : begin + 10]
        if len(size) < 4 or any(byte > 0x7F for byte in size):
            raise BrokenFilm
        footer = 10 if data[begin + 5] & 0x10 else 0
        begin += 10 + footer + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3])
    if data[max(begin, end - 128) : end][:3] == b"TAG":
        end -= 128
    tail = data[max(begin, end - 32) : end]
    if tail[:8] == b"APETAGEX":
        length = int.from_bytes(tail[12:16], "little")
        end = max(begin, end - length - (32 if tail[23] & 0x80 else 0))
    if not _is_frame(data[begin:end]):
        raise BrokenFilm
    return data[begin:end]
