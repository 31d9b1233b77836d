"""Do two servers agree on who follows whom? A digest of followers, and the header that carries it (FEP-8fcf)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

HEADER = "Collection-Synchronization"

LONGEST = 4096

_PARAMETER = re.compile(r'\s*([A-Za-z]{1,32})\s*=\s*"([^"]{0,2048})"\s*(?:,|$)')
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowersDigest:
    """What a sender says of its followers at the receiving server: whose they are, where to read them, their digest."""

    collection: str
    url: str
    digest: str


def compute_digest(uris: Iterable[str]) -> str:
    """SHA-256 of each id, all of them joined by exclusive or, in hexadecimal; order does not matter."""
    joined = 0
    for uri in set(uris):
        joined ^= int.from_bytes(sha256(uri.encode()).digest(), "big")
    return f"{joined:064x}"


def build_header(value: FollowersDigest) -> str:
    """As it stands in the header."""
    return f'collectionId="{value.collection}", url="{value.url}", digest="{value.digest}"'


def read_header(text: str) -> FollowersDigest | None:
    """What a header says; None for one that cannot be read, which is as good as none."""
    found: dict[str, str] = {}
    position = 0
    while position < len(text) <= LONGEST:
        match = _PARAMETER.match(text, position)
        if match is None or match[1] in found:
            return None
        found[match[1]] = match[2]
        position = match.end()
    if not {"collectionId", "url", "digest"} <= found.keys() or not _DIGEST.fullmatch(found["digest"].lower()):
        return None
    return FollowersDigest(collection=found["collectionId"], url=found["url"], digest=found["digest"].lower())
