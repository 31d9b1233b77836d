"""`Transport`: the way to other servers, in two methods; `AiohttpTransport` is the only client that calls them."""

from dataclasses import dataclass
from typing import Protocol

from multidict import CIMultiDict, CIMultiDictProxy

from federation.errors import Cause
from federation.signatures.signer import Knock, Signer

AP_ACCEPT = (
    'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams";q=0.9'
)

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document as it came: `url` is where it was found in the end, after redirects; `status` is 2xx."""

    url: str
    status: int
    headers: CIMultiDict[str] | CIMultiDictProxy[str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a delivery.

    `status` is None when nobody answered; `retry_after` counts seconds; `knock` is how the last request was
    signed; `error` tells the administrators in one sentence what went wrong, and is None after a success.
    """

    status: int | None
    retry_after: int | None = None
    knock: Knock | None = None
    error: str | None = None
    cause: Cause | None = None

    @property
    def delivered(self) -> bool:
        """Whether the other server took it."""
        return self.status is not None and 200 <= self.status < 300


class Transport(Protocol):
    """The way to other servers; neither method raises anything but FetchFailed."""

    async def get_document(
        self, uri: str, *, accept: str = AP_ACCEPT, signer: Signer | None = None, limit: int = MEBIBYTE
    ) -> Fetched:
        """The document at `uri`, at most `limit` bytes once unpacked. Raises FetchFailed, also for any status but 2xx."""
        ...

    async def post_activity(
        self, inbox: str, body: bytes, signer: Signer, *, knock: Knock | None = None
    ) -> Answer:
        """Deliver `body`, signed now; `knock` is how this host wanted it last time. Never raises for what a peer does."""
        ...
