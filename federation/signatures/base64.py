"""Strict base64: Python's own decoder skips what it does not know, and a signature must not (B-39)."""

import binascii

from federation.errors import SignatureInvalid


def decode(text: str) -> bytes:
    """The bytes behind standard base64 with its padding. Raises SignatureInvalid."""
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        data = None
    if data is None or encode(data) != text:  # too much padding and stray bits are not strict enough for Python
        raise SignatureInvalid("A signature or digest is not valid base64.")
    return data


def encode(data: bytes) -> str:
    """Standard base64 on one line."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")
