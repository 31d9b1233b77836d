"""What comes back from other servers: documents, answers to deliveries, and the reasons why neither came."""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy

from federation.errors import Cause, FetchFailed, describe
from federation.http_client.causes import may_pass, read_clock, read_exception, read_retry_after, read_status
from federation.signatures.signer import SignatureScheme

LOST = (aiohttp.ClientError, OSError, TimeoutError, zlib.error)
"""What the HTTP client raises for whatever a peer or the network does."""


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

    `status` is None when nobody answered; `retry_after` counts seconds; `scheme` is how the last request was
    signed; `error` tells the administrators in one sentence what went wrong, and is None after a success; `clock` says
    by how many seconds the other server's clock is ahead of ours, where its answer carried a Date. `ours` when nothing
    was sent at all because of a fault here, which tells nothing of the other server.
    """

    status: int | None
    retry_after: int | None = None
    scheme: SignatureScheme | None = None
    error: str | None = None
    cause: Cause | None = None
    clock: int | None = None
    ours: bool = False

    @property
    def delivered(self) -> bool:
        """Whether the other server took it."""
        return self.status is not None and 200 <= self.status < 300


def build_answer(fetched: Fetched, scheme: SignatureScheme) -> Answer:
    """What a delivery came to, from what the inbox answered."""
    at = datetime.now(UTC)
    clock = read_clock(fetched.headers, at)
    if 200 <= fetched.status < 300:
        return Answer(status=fetched.status, scheme=scheme, clock=clock)
    cause = read_status(fetched.status, fetched.headers, at)
    return Answer(
        status=fetched.status,
        retry_after=read_retry_after(fetched.headers, at),
        scheme=scheme,
        error=f"{describe(cause, urlsplit(fetched.url).netloc)} (HTTP {fetched.status})",
        cause=cause,
        clock=clock,
    )


def ask_for_newer(etag: str, modified: str) -> dict[str, str]:
    """The headers by which a server answers 304 where nothing changed (RFC 9110 §13.1)."""
    held = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in held.items() if value}


def require_success(fetched: Fetched) -> Fetched:
    """The document, when it is one. Raises FetchFailed for every other status."""
    if 200 <= fetched.status < 300:
        return fetched
    at = datetime.now(UTC)
    cause = read_status(fetched.status, fetched.headers, at)
    raise FetchFailed(
        cause,
        urlsplit(fetched.url).netloc,
        answer=fetched.status,
        retry_after=read_retry_after(fetched.headers, at),
        retry=may_pass(cause, fetched.status),
        clock=read_clock(fetched.headers, at),
    )


def explain(error: Exception, url: str) -> FetchFailed:
    """One of `LOST`, as the error that we raise."""
    cause = read_exception(error)
    return FetchFailed(cause, urlsplit(url).netloc, retry=may_pass(cause, None))


def build_failure(error: Exception, url: str) -> Answer:
    """What a delivery came to that brought no answer: one of `LOST`, or an address that is not called."""
    failed = error if isinstance(error, FetchFailed) else explain(error, url)
    return Answer(status=failed.answer, error=str(failed), cause=failed.cause)


def find_target(fetched: Fetched) -> str:
    """Where a redirect points. Raises FetchFailed for none and for a way out of https (B-06)."""
    location = fetched.headers.get("Location", "").strip()
    target = urljoin(fetched.url, location).partition("#")[0]
    if not location or (fetched.url.startswith("https:") and not target.startswith("https:")):
        raise FetchFailed(Cause.REDIRECT, urlsplit(fetched.url).netloc, answer=fetched.status)
    return target


async def read_body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body, unpacked as it comes and never beyond `limit` (B-10). Raises FetchFailed."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    host = response.url.authority
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise FetchFailed(Cause.WRONG_TYPE, host)
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in encoding else None
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += unpacker.decompress(chunk, limit + 1 - len(body)) if unpacker else chunk
        if len(body) > limit:
            raise FetchFailed(Cause.TOO_LARGE, host)
    if unpacker and not unpacker.eof:
        raise FetchFailed(Cause.CONNECTION_LOST, host, retry=True)
    return bytes(body)
