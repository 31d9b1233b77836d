"""What is kept of secrets that somebody else holds."""

import hashlib


def hash_token(token: str) -> bytes:
    """What is stored instead of a random token; plain SHA-256 is enough for 192 random bits and more."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).digest()
