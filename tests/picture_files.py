"""Picture files for tests: good ones, and files that only begin like pictures."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

from tests.bombs import pack_zlib


def draw(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """A picture whose left third is red, the middle green, the right blue, so that turning it shows."""
    image = Image.new("RGB", (width, height), (20, 60, 200))
    image.paste((220, 30, 30), (0, 0, width // 3, height))
    image.paste((30, 180, 60), (width // 3, 0, 2 * width // 3, height))
    return image.convert(mode)


def encode(image: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def decode(data: bytes) -> Image.Image:
    """The picture in a file, loaded."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def png_of(width: int, height: int, *, lines: int = 1, extra: bytes = b"") -> bytes:
    """A PNG that claims this size and holds `lines` lines, all black; a few kilobytes however large it claims to be."""
    pixels = zlib.compress(b"\0" * (1 + width * 3) * lines, 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + extra + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A PNG chunk of text that unpacks to 200 MB."""
    return _chunk(b"zTXt", b"Comment\0\0" + pack_zlib(b"A"))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
