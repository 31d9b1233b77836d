"""The calendars of listings and slots of shops elsewhere: asked for with what we hold already, so that most answers are
short.
"""

from dataclasses import dataclass
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
from federation.vocabulary.collections import (
    Slot,
    Unavailability,
    read_collection,
    read_slot,
    read_unavailability,
)
from models.limits import DOCUMENT_FETCHES

MOST_BYTES = 64 * 1024
ETAG_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedCalendar:
    """The ranges in which a listing is not to be had, in the order in which they came, and their tag."""

    ranges: tuple[Unavailability, ...]
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedSlots:
    """The times at which a shop has room, in the order in which they came, and their tag."""

    slots: tuple[Slot, ...]
    etag: str


async def fetch_calendar(
    instance: Instance, uri: str, *, signer: Signer | None = None, etag: str = ""
) -> FetchedCalendar | None:
    """What the calendar at this address says now; None where that is what `etag` names. Raises FetchFailed.

    Signed by the server's own actor unless a `signer` is given.
    """
    told = await _fetch(instance, uri, signer=signer, etag=etag)
    if told is None:
        return None
    items, etag = told
    found = (read_unavailability(item) for item in items)
    return FetchedCalendar(ranges=tuple(one for one in found if one is not None), etag=etag)


async def fetch_slots(instance: Instance, uri: str, *, etag: str = "") -> FetchedSlots | None:
    """The same of the slots of a shop, which everybody may read."""
    told = await _fetch(instance, uri, signer=None, etag=etag)
    if told is None:
        return None
    items, etag = told
    found = (read_slot(item) for item in items)
    return FetchedSlots(slots=tuple(one for one in found if one is not None), etag=etag)


async def _fetch(instance: Instance, uri: str, *, signer: Signer | None, etag: str) -> tuple[list[Json], str] | None:
    host = await require_allowed_host(instance, uri)
    if signer is None:
        await require_not_failed(instance, uri)
        if not instance.counter.spend(DOCUMENT_FETCHES, host):
            raise FetchFailed(Cause.TOO_MANY_FETCHES, host, retry=True, retry_after=60)
    try:
        fetched = await instance.transport.get_document(
            uri, signer=signer or await instance_signer(instance), limit=MOST_BYTES, etag=etag
        )
        return None if fetched.status == 304 else _read(uri, fetched)
    except FetchFailed as failed:
        await save_failure(instance, uri, failed)
        raise


def _read(uri: str, fetched: Fetched) -> tuple[list[Json], str]:
    """The items and the tag. Raises FetchFailed for what is no collection that its own origin serves under this id."""
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
    etag = fetched.headers.get("ETag", "")
    return [item for item in collection.items if isinstance(item, dict)], etag if len(etag) <= ETAG_LIMIT else ""
