"""How a picture is to be held, written into its file as cameras do (pure)."""

import struct

TURNS = {90: 6, 180: 3, 270: 8}
"""Degrees clockwise, and the value of EXIF's Orientation (0x0112) by which whoever opens the file turns it so."""

SOI = b"\xff\xd8"


def hold(jpeg: bytes, degrees: int) -> bytes:
    """A JPEG of ours, which carries no metadata, to be held turned by 90, 180 or 270 degrees clockwise.

    Raises ValueError for other files and other angles.
    """
    if not jpeg.startswith(SOI) or degrees not in TURNS:
        raise ValueError("only a JPEG is turned, and only by right angles")
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, TURNS[degrees], 0)
    tiff = b"MM\x00*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    exif = b"Exif\x00\x00" + tiff
    return SOI + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[len(SOI) :]
