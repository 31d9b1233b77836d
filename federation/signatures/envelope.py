"""A request as it arrived: all that a signature can cover."""

from dataclasses import dataclass, field

from multidict import CIMultiDict


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One request; `path` carries the query string as it was sent, `body` the bytes that were digested."""

    method: str
    path: str
    headers: CIMultiDict[str] = field(default_factory=CIMultiDict)
    body: bytes = b""
