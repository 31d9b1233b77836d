"""The token of forms as pages carry it: under a mask, so that the size of a packed page tells nothing of it.

Pages leave compressed, and what is compressed is shorter where it repeats itself: whoever can put words into somebody's
page, have it sent many times and measure it could guess the token letter by letter (BREACH). The mask follows from all
that stands on the page, which is another one with each guess; the same page keeps its mask, and so its ETag.
"""

import base64
import binascii
import hashlib
import hmac
import secrets

LENGTH = hashlib.sha256().digest_size


def mask_token(token: str, page: bytes) -> str:
    """The token as it stands on this page, given without it."""
    mask = hmac.digest(token.encode(), page, "sha256")
    return base64.urlsafe_b64encode(mask + _cover(token, mask)).decode().rstrip("=")


def is_token(given: str, token: str) -> bool:
    """Whether this is the token, under any mask; or without one, as pages carried it that are still open."""
    if secrets.compare_digest(given.encode(errors="surrogatepass"), token.encode()):
        return True
    try:
        masked = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(masked) == 2 * LENGTH and secrets.compare_digest(masked[LENGTH:], _cover(token, masked[:LENGTH]))


def _cover(token: str, mask: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(hashlib.sha256(token.encode()).digest(), mask, strict=True))
