"""What is small and unpacks to 200 MB; made of one block again and again, since packing all of it takes a second."""

import struct
import zlib
from functools import cache

BLOCK = 1_000_000

BLOCKS = 200


@cache
def pack_zlib(byte: bytes) -> bytes:
    """As in a PNG."""
    block, checked = byte * BLOCK, 1
    for _ in range(BLOCKS):
        checked = zlib.adler32(block, checked)
    return b"\x78\xda" + _repeat(byte) + struct.pack(">I", checked)


@cache
def pack_gzip(byte: bytes) -> bytes:
    """As in an answer of HTTP."""
    block, checked = byte * BLOCK, 0
    for _ in range(BLOCKS):
        checked = zlib.crc32(block, checked)
    head = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
    return head + _repeat(byte) + struct.pack("<II", checked, BLOCK * BLOCKS)


def _repeat(byte: bytes) -> bytes:
    """One stream of deflate: each block stands for itself, so that it can follow on any other."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(byte * BLOCK) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * BLOCKS + packer.flush(zlib.Z_FINISH)
