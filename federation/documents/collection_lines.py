"""Short collections of others (calendars, prices, lists of shops): asked for with the tag of what we hold already, so
that most answers are short.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from federation.documents.documents import (
    is_activity_type,
    read_document,
    require_allowed_host,
    require_not_failed,
    save_failure,
)
from federation.documents.parse import require_plain
from federation.errors import Cause, FetchFailed, Malformed
from federation.http_client.transport import Fetched
from federation.instance import Instance
from federation.json.fields import Json
from federation.own_keys.key_pairs import instance_signer
from federation.signatures import Signer
from federation.uris import same_origin
from federation.vocabulary.collections import read_collection
from models.limits import DOCUMENT_FETCHES

MOST_BYTES = 64 * 1024
ETAG_LIMIT = 200

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class FetchedLines(Generic[Line]):
    """The lines of a collection that can be read, in the order in which they came, and their tag."""

    lines: tuple[Line, ...]
    etag: str


async def fetch_lines(
    instance: Instance, uri: str, read: Callable[[Json], Line | None], *, signer: Signer | None = None, etag: str = ""
) -> FetchedLines[Line] | None:
    """What the collection at this address says now; None where that is what `etag` names. Raises FetchFailed.

    Signed by the server's own actor unless a `signer` is given.
    """
    host = await require_allowed_host(instance, uri)
    if signer is None:
        await require_not_failed(instance, uri)
        if not instance.counter.spend(DOCUMENT_FETCHES, host):
            raise FetchFailed(Cause.TOO_MANY_FETCHES, host, retry=True, retry_after=60)
    try:
        fetched = await instance.transport.get_document(
            uri, signer=signer or await instance_signer(instance), limit=MOST_BYTES, etag=etag
        )
        return None if fetched.status == 304 else _read(uri, fetched, read)
    except FetchFailed as failed:
        await save_failure(instance, uri, failed)
        raise


def _read(uri: str, fetched: Fetched, read: Callable[[Json], Line | None]) -> FetchedLines[Line]:
    """Raises FetchFailed for what is no collection that its own origin serves under this id."""
    host = urlsplit(uri).netloc
    if not is_activity_type(fetched.headers.get("Content-Type", "")):
        raise FetchFailed(Cause.WRONG_TYPE, host)
    proven = read_document(fetched)
    if proven.id != uri or not same_origin(fetched.url, uri):
        raise FetchFailed(Cause.WRONG_ID, host)
    try:
        collection = read_collection(require_plain(proven.decoded))
    except Malformed:
        raise FetchFailed(Cause.NOT_AN_OBJECT, host) from None
    found = (read(item) for item in collection.items if isinstance(item, dict))
    etag = fetched.headers.get("ETag", "")
    return FetchedLines(tuple(one for one in found if one is not None), etag if len(etag) <= ETAG_LIMIT else "")
