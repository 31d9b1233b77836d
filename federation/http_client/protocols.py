"""What the way to other servers is like, for whoever uses it: `Transport`, in six methods, and what it asks first."""

from collections.abc import Mapping
from typing import Protocol

from federation.http_client.answers import Answer, Fetched
from federation.http_client.doors import Door
from federation.signatures.signer import SignatureScheme, Signer

AP_ACCEPT = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams";q=0.9'

MEBIBYTE = 1024 * 1024

ACTIVITY_JSON = "application/activity+json"
"""Exactly this: Lemmy compares the whole string."""


class Transport(Protocol):
    """The way to other servers; no method raises anything but FetchFailed."""

    async def get_document(
        self,
        uri: str,
        *,
        accept: str = AP_ACCEPT,
        signer: Signer | None = None,
        limit: int = MEBIBYTE,
        etag: str = "",
        modified: str = "",
    ) -> Fetched:
        """The document at `uri`, at most `limit` bytes once unpacked. Raises FetchFailed unless it is 2xx.

        Or 304, where `etag` is that of what is held already, or `modified` its Last-Modified.
        """
        ...

    async def get_directly(self, url: str, *, accept: str = AP_ACCEPT, signer: Signer | None = None) -> Fetched:
        """What this very address answers now: no redirect is followed, no cache asked for what it kept.

        Raises FetchFailed unless it is 2xx.
        """
        ...

    async def try_doors(self, origin: str) -> list[Door]:
        """The addresses to which the name of this origin leads, and how each kind of them opens.

        Raises FetchFailed where it leads to none that may be called.
        """
        ...

    async def post_activity(
        self,
        inbox: str,
        body: bytes,
        signer: Signer,
        *,
        scheme: SignatureScheme | None = None,
        synchronization: str | None = None,
    ) -> Answer:
        """Deliver `body`, signed now; `scheme` is how this host wanted it last time. Never raises for a peer.

        `synchronization` is the header of that name, see `federation/synchronization`.
        """
        ...

    async def post_question(self, url: str, body: bytes, signer: Signer, *, seconds: float) -> Fetched:
        """Ask something of a peer, signed now, and read what it answers within so many seconds.

        Raises FetchFailed unless that is 2xx.
        """
        ...

    async def post_message(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Hand a message to the service of an app, which is no peer: nothing of ours is signed. Never raises for it."""
        ...


class SignatureSchemeMemory(Protocol):
    """Where it is remembered how a host wants requests signed
    (`federation/http_client/signature_schemes.ServerSignatureSchemes`).
    """

    async def find(self, host: str) -> SignatureScheme | None:
        """What worked last time."""
        ...

    async def is_known(self, host: str) -> bool:
        """Whether the way in which this host is asked first has worked lately."""
        ...

    async def keep(self, host: str, scheme: SignatureScheme) -> None:
        """Remember what worked."""
        ...


class HostPolicy(Protocol):
    """Which hosts the cooperative deals with (`federation/http_client/federation_policy.FederationPolicy`)."""

    async def allows(self, host: str) -> bool:
        """May this host be asked anything at all?"""
        ...
