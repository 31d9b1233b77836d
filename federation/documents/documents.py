"""Documents of other servers, fetched so that what they say of themselves can be believed (FEP-fe34)."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from federation.documents.parse import read_json
from federation.errors import Cause, FetchFailed, Malformed
from federation.http_client.transport import AP_ACCEPT, Fetched
from federation.instance import Instance
from federation.json.decoded_bodies import Decoded
from federation.json.fields import Json
from federation.own_keys.key_pairs import instance_signer
from federation.signatures import Signer
from federation.uris import host_of, is_local, same_origin
from models.errors import Invalid
from models.limits import DOCUMENT_FETCHES
from models.servers import servers
from models.store.database import connection

FAILURE_WAIT = timedelta(minutes=5)
"""How long an address that failed is left alone (SG17, B-14)."""

LONGEST_WAIT = timedelta(days=1)

AS_PROFILE = "https://www.w3.org/ns/activitystreams"

_PROFILE = re.compile(r';\s*profile\s*=\s*(?:"([^"]*)"|([^\s;"]+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenDocument:
    """A document that its own origin serves under its own id."""

    id: str
    decoded: Decoded
    body: bytes

    @property
    def json(self) -> Json:
        """The body as it stands."""
        return self.decoded.document


async def fetch_document(
    instance: Instance, uri: str, *, signer: Signer | None = None, fresh: bool = False, counted: bool = False
) -> ProvenDocument:
    """The ActivityPub document at `uri`, whose id is this address or another of the same origin that serves it too.

    Signed by the server's own actor unless a `signer` is given (RS13). An address that failed within the last five
    minutes fails again without being asked, unless `fresh`. `counted` when the caller has a budget of its own for this
    host. Raises FetchFailed.
    """
    uri = uri.partition("#")[0]
    if is_local(instance.site, uri):
        raise FetchFailed(Cause.BAD_ADDRESS, instance.site.host)
    host = await require_allowed_host(instance, uri)
    if not fresh:
        await require_not_failed(instance, uri)
        # What others tell us may not send us to one host hundreds of times a minute (B-14).
        if not counted and not instance.counter.spend(DOCUMENT_FETCHES, host):
            raise FetchFailed(Cause.TOO_MANY_FETCHES, host, retry=True, retry_after=60)
    signer = signer or await instance_signer(instance)
    try:
        document = await _fetch_at_its_id(instance, uri, signer)
    except FetchFailed as failed:
        await save_failure(instance, uri, failed)
        raise
    if fresh:
        async with connection(instance.pool) as conn:
            await servers.forget_failed_fetch(conn, uri)
    return document


async def require_allowed_host(instance: Instance, uri: str) -> str:
    """The host of an address, however it is spelled, with which we deal.

    The transport asks this of each hop; asked here too, nothing is noted that would outlast the decision.
    """
    try:
        host = host_of(uri)
    except Invalid:
        raise FetchFailed(Cause.BAD_ADDRESS, uri[:100]) from None
    if not await instance.policy.allows(host):
        raise FetchFailed(Cause.SET_ASIDE, host)
    return host


async def require_not_failed(instance: Instance, uri: str) -> None:
    """Raise FetchFailed when this address failed a moment ago."""
    async with connection(instance.pool) as conn:
        failed = await servers.find_failed_fetch(conn, uri)
    if failed is not None:
        raise FetchFailed(_read_cause(failed.error), urlsplit(uri).netloc, retry=failed.retry)


def _read_cause(stored: str) -> Cause:
    try:
        return Cause(stored)
    except ValueError:
        return Cause.RECENTLY_FAILED


async def save_failure(instance: Instance, uri: str, failed: FetchFailed) -> None:
    """Remember that this address failed, so that it is left alone for five minutes, or as long as it asks for."""
    wait = min(max(FAILURE_WAIT, timedelta(seconds=failed.retry_after or 0)), LONGEST_WAIT)
    async with connection(instance.pool) as conn:
        await servers.save_failed_fetch(conn, uri, failed.cause.value, retry=failed.retry, wait=wait)


async def _fetch_at_its_id(instance: Instance, uri: str, signer: Signer | None) -> ProvenDocument:
    """Ask once, and once more at the id that the answer names (B-18)."""
    document, url = await _fetch_json(instance, uri, signer)
    if not _is_served_at(document.id, uri, url):
        if not same_origin(document.id, uri):
            raise FetchFailed(Cause.WRONG_ID, urlsplit(uri).netloc)
        asked = document.id
        document, url = await _fetch_json(instance, asked, signer)
        if document.id != asked or not _is_served_at(document.id, asked, url):
            raise FetchFailed(Cause.WRONG_ID, urlsplit(uri).netloc)
    return document


def _is_served_at(id: str, asked: str, url: str) -> bool:
    """Whether the answer found at `url` when `asked` was asked may carry this id: no other origin had a hand in it."""
    return same_origin(url, asked) and id in {asked, url}


async def _fetch_json(instance: Instance, uri: str, signer: Signer | None) -> tuple[ProvenDocument, str]:
    fetched = await instance.transport.get_document(uri, accept=AP_ACCEPT, signer=signer)
    if not is_activity_type(fetched.headers.get("Content-Type", "")):
        raise FetchFailed(Cause.WRONG_TYPE, urlsplit(uri).netloc)
    return read_document(fetched), fetched.url


def read_document(fetched: Fetched) -> ProvenDocument:
    """What was fetched, as JSON with an id. Raises FetchFailed.

    snac2 sends bytes that are no UTF-8 after its keys; they are replaced, since nobody needs them.
    """
    host = urlsplit(fetched.url).netloc
    body = fetched.body.decode("utf-8", "replace").encode()
    try:
        decoded = read_json(body)
    except Malformed:
        raise FetchFailed(Cause.NOT_AN_OBJECT, host) from None
    id = decoded.document.get("id")
    if not isinstance(id, str) or not id:
        raise FetchFailed(Cause.NOT_AN_OBJECT, host)
    return ProvenDocument(id=id, decoded=decoded, body=body)


def is_activity_type(content_type: str) -> bool:
    """Whether this Content-Type says ActivityPub, as that of an upload made to look like an actor never does (B-19)."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/activity+json":
        return True
    profile = _PROFILE.search(content_type)
    return (
        kind == "application/ld+json" and profile is not None and AS_PROFILE in (profile[1] or profile[2] or "").split()
    )
