"""What is asked of another server, before anybody has signed it."""

from dataclasses import dataclass

from multidict import CIMultiDict

from federation.signatures.signer import Signer

ANSWER_LIMIT = 16 * 1024
"""So much is read of what a POST is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRequest:
    """Each attempt is signed anew. What comes back is read of a GET, and of a POST that wants to be `answered`.

    `seconds` is how long its answer may keep silent, where that is another time than the usual one.
    `peer` where it goes to another server, and not to the service of an app.
    """

    method: str
    url: str
    headers: CIMultiDict[str]
    body: bytes = b""
    signer: Signer | None = None
    limit: int = ANSWER_LIMIT
    peer: bool = True
    answered: bool = False
    seconds: float | None = None
