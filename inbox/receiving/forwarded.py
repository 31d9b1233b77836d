"""Activities that somebody else than their actor brings: believed by a proof inside them, or by their origin (EP7).

Whoever brings one is asked who they are, and is never believed. It costs more than what actors send themselves, so the
request was counted against the one who brings it before anything here is computed or fetched, and failures are too.
"""

import asyncio
from dataclasses import replace

import orjson

from federation.authentication.keys import KEY_SECONDS
from federation.documents.documents import fetch_document
from federation.documents.origin import require_same_origin
from federation.errors import (
    FetchFailed,
    KeyGone,
    KeyUnavailable,
    Malformed,
    NotAllowed,
    SignatureInvalid,
    Unsupported,
)
from federation.instance import Instance
from federation.json.fields import Json
from federation.jsonld.jsonld import TookTooLong
from federation.proofs import verify_linked_data, verify_proof
from federation.uris import host_of, is_local
from inbox.receiving import inbox_policy
from inbox.receiving.headers import Readable, read_body
from models.limits import FORWARDED_FETCHES
from models.store.database import connection
from models.traffic.inbound import received


async def find_vouched(instance: Instance, read: Readable, *, forwarder: str) -> Readable:
    """The activity in a form that its actor or its origin vouches for. `forwarder` is the host of whoever brings it.

    Raises Unsupported for what is ours or here already; SignatureInvalid, NotAllowed, KeyGone and KeyUnavailable for
    what nobody vouches for; TooManyFailures.
    """
    header = read.header
    if is_local(instance.site, header.actor_uri):
        raise Unsupported("This is news of our own.")
    require_same_origin(header.actor_uri, header.id)
    async with connection(instance.pool) as conn:
        if await received.has_come(conn, header.id, header.actor_uri):
            raise Unsupported("This was received already.")
    try:
        return replace(await _find_vouched(instance, read, forwarder), direct=False)
    except KeyGone:  # an account that ended: no fault of whoever tells of it
        raise
    except (SignatureInvalid, NotAllowed):
        inbox_policy.note_failure(instance, forwarder)
        raise


async def _find_vouched(instance: Instance, read: Readable, forwarder: str) -> Readable:
    if await verify_proof(instance, read.document) == read.header.actor_uri:
        return read
    compacted = await _open_linked_data(instance, read, forwarder)
    if compacted is not None:
        return _read_again(orjson.dumps(compacted), read)
    return await _fetch_from_origin(instance, read)


async def _open_linked_data(instance: Instance, read: Readable, forwarder: str) -> Json | None:
    """What an RsaSignature2017 vouches for; a host that sent what takes for ever is not looked at for ten minutes."""
    if instance.costly_hosts.find(forwarder):
        return None
    try:
        return await verify_linked_data(instance, read.document)
    except TookTooLong:
        instance.costly_hosts.keep(forwarder, True)
        return None


async def _fetch_from_origin(instance: Instance, read: Readable) -> Readable:
    """The activity as its own server shows it; each is asked for once in five minutes (B-14)."""
    id = read.header.id
    if instance.refetched.find(id):
        raise SignatureInvalid("Nobody vouched for this activity a moment ago.")
    if not instance.counter.spend(FORWARDED_FETCHES, host_of(id)):  # its own: nobody may use up that for keys
        raise KeyUnavailable("The origin of this activity was asked too often in the last minute.", retry_after=60)
    instance.refetched.keep(id, True)
    try:
        async with asyncio.timeout(KEY_SECONDS):
            proven = await fetch_document(instance, id)
    except TimeoutError:
        instance.refetched.forget(id)  # nothing was decided: whoever is told to come again is heard again
        raise KeyUnavailable("The origin of this activity does not answer for now.") from None
    except FetchFailed as failed:
        if failed.retry:
            instance.refetched.forget(id)
            raise KeyUnavailable(f"The origin of this activity does not answer for now. {failed}") from failed
        raise SignatureInvalid(f"Nobody vouches for this activity. {failed}") from failed
    return _read_again(proven.body, read)


def _read_again(body: bytes, read: Readable) -> Readable:
    """The form that is vouched for, which has to be the activity that it seemed to be. Raises NotAllowed."""
    try:
        found = read_body(body)
    except (Malformed, Unsupported):
        found = None
    if found is None or found.header != read.header:
        raise NotAllowed("What is vouched for is another activity than this.")
    return found
