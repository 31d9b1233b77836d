"""A request as it arrived: all that a signature can cover."""

from dataclasses import dataclass, field
from hashlib import sha256

from multidict import CIMultiDict


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One request; `path` carries the query string as it was sent, `body` the bytes that were digested."""

    method: str
    path: str
    headers: CIMultiDict[str] = field(default_factory=CIMultiDict)
    body: bytes = b""

    @property
    def body_hash(self) -> bytes:
        """The SHA-256 of the body, reckoned once: signatures ask for it, and so does whoever keeps the body."""
        found: bytes | None = self.__dict__.get("_body_hash")
        if found is None:
            found = self.__dict__["_body_hash"] = sha256(self.body).digest()
        return found
