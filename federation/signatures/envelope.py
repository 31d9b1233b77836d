"""A request as it arrived: all that a signature can cover."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from multidict import CIMultiDict


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One request; `path` carries the query string as it was sent, `body` the bytes that were digested."""

    method: str
    path: str
    headers: CIMultiDict[str] = field(default_factory=CIMultiDict)
    body: bytes = b""

    @cached_property
    def body_hash(self) -> bytes:
        """The SHA-256 of the body: signatures ask for it, and so does whoever keeps the body."""
        return sha256(self.body).digest()
