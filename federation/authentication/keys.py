"""Whose key is it: public keys found in the cache or fetched from their owners; and the keys of our own actors."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from federation.discovery.fetches import keep_actor, read_actor_document
from federation.discovery.remote_actors import list_key_ids
from federation.documents.documents import (
    FAILURE_WAIT,
    ProvenDocument,
    fetch_document,
    require_not_failed,
    save_failure,
)
from federation.errors import Cause, FetchFailed, KeyGone, KeyUnavailable, SignatureInvalid
from federation.instance import Instance
from federation.json.fields import text, uri
from federation.own_keys.key_pairs import KeyPairs, instance_signer, load_signer, make_key_pairs, save_local_keys
from federation.signatures import PublicKey, Signer
from federation.signatures.public_keys import load_stored, read_multikey, read_pem
from federation.uris import host_of, is_local, same_origin
from federation.vocabulary.actors import actor_type
from models.limits import KEY_FETCHES
from models.people import keys
from models.store.database import connection

__all__ = [
    "KeyPairs",
    "PublicKey",
    "Signer",
    "find_fitting_key",
    "find_key",
    "instance_signer",
    "load_signer",
    "make_key_pairs",
    "refetch_key",
    "save_local_keys",
]

KEY_SECONDS = 5
"""How long a POST waits for the key of somebody unknown."""

REFETCH_WAIT = timedelta(minutes=5)

MOST_FETCHES = 64
"""Keys that are fetched at the same time; who comes then is asked to come again, so that a flood of strangers ends."""


async def find_key(instance: Instance, key_id: str) -> PublicKey:
    """The key with this id, of an owner who lists it; fetched when it is unknown.

    Raises SignatureInvalid when there is no such key, KeyGone when its owner was deleted, KeyUnavailable when its
    server does not answer for now.
    """
    found = await _find_held(instance, key_id)
    if found is not None:
        return found
    if is_local(instance.site, key_id):
        raise SignatureInvalid("This server has no such key.")
    return await _fetch_once(instance, key_id)


async def find_fitting_key(instance: Instance, key_id: str, fits: Callable[[PublicKey], bool]) -> PublicKey:
    """The key with this id that fits a signature: the one we had, or else as its owner shows it now (SG13, SG14).

    A key that was fetched for this very signature was looked at anew. Raises as `find_key` does, and SignatureInvalid
    where none fits.
    """
    held = instance.public_keys.find(key_id) or await _find_stored(instance, key_id)
    key = held or await find_key(instance, key_id)
    if fits(key):
        return key
    if held is None:
        await _note_refetched(instance, key_id)
        raise SignatureInvalid("The signature does not hold.")
    fresh = await refetch_key(instance, key_id, held=held)
    if fresh is None or not fits(fresh):
        raise SignatureInvalid("The signature does not hold.")
    return fresh


async def refetch_key(instance: Instance, key_id: str, *, held: PublicKey | None = None) -> PublicKey | None:
    """The key as its owner shows it now, after a signature did not hold with the one we had.

    Looked at anew once in five minutes, however new the first look at it is: whoever writes signatures that do not hold
    makes us ask no more often. `held` may be older than what another process found since. None when it was looked at
    lately, cannot be fetched, or is ours. Raises KeyGone.
    """
    if is_local(instance.site, key_id):
        return None
    async with connection(instance.pool) as conn:
        stored = await keys.find_public_key(conn, key_id)
    if stored is not None and held is not None and stored.pem != held.pem:
        instance.public_keys.forget(key_id)
        return await _find_held(instance, key_id)
    if (
        stored is not None
        and stored.refetched_at is not None
        and stored.refetched_at > datetime.now(UTC) - REFETCH_WAIT
    ):
        return None
    try:
        fresh = await _fetch_once(instance, key_id)
    except KeyGone:
        raise
    except (SignatureInvalid, KeyUnavailable):
        return None
    await _note_refetched(instance, key_id)
    return fresh


async def _note_refetched(instance: Instance, key_id: str) -> None:
    async with connection(instance.pool) as conn:
        await keys.save_refetched(conn, key_id)


async def _find_held(instance: Instance, key_id: str) -> PublicKey | None:
    """The key as we know it."""
    return instance.public_keys.find(key_id) or await _find_stored(instance, key_id)


async def _find_stored(instance: Instance, key_id: str) -> PublicKey | None:
    since = instance.public_keys.forgotten
    async with connection(instance.pool) as conn:
        stored = await keys.find_public_key(conn, key_id)
    if stored is None:
        return None
    key = PublicKey(uri=stored.uri, owner=stored.owner, key=load_stored(stored.pem))
    instance.public_keys.keep(key_id, key, since=since)
    return key


async def _fetch_once(instance: Instance, key_id: str) -> PublicKey:
    """Fetch a key; who asks for the same one meanwhile waits for the same answer (B-14)."""
    running = instance.key_fetches.get(key_id)
    if running is None:
        if len(instance.key_fetches) >= MOST_FETCHES:
            raise KeyUnavailable("Many keys are being fetched just now; please send this again.", retry_after=30)
        running = asyncio.create_task(_fetch(instance, key_id))
        instance.key_fetches[key_id] = running
        running.add_done_callback(lambda done: _forget_fetch(instance, key_id, done))
    return await asyncio.shield(running)


def _forget_fetch(instance: Instance, key_id: str, done: "asyncio.Task[PublicKey]") -> None:
    """The next one asks anew. Its failure is looked at here, for the case that everybody who waited has left."""
    instance.key_fetches.pop(key_id, None)
    if not done.cancelled():
        done.exception()


async def _fetch(instance: Instance, key_id: str) -> PublicKey:
    host = host_of(key_id)
    try:
        # The key itself, and the document in which it stands: what is not asked for spends nothing.
        for failed_before in {key_id, key_id.partition("#")[0]}:
            await require_not_failed(instance, failed_before)
        if not instance.counter.spend(KEY_FETCHES, host):
            raise FetchFailed(Cause.TOO_MANY_FETCHES, host, retry=True, retry_after=60)
        async with asyncio.timeout(KEY_SECONDS):
            return await _fetch_confirmed(instance, key_id)
    except TimeoutError:
        failed = FetchFailed(Cause.TIMED_OUT, host, retry=True)
        await save_failure(instance, key_id, failed)
        raise _translate(failed, key_id) from None
    except FetchFailed as failed:
        raise _translate(failed, key_id) from failed
    except SignatureInvalid:
        # Kept under the id with its fragment: the owner's document itself did not fail.
        await save_failure(instance, key_id, FetchFailed(Cause.NOT_FOUND, host))
        raise


async def _fetch_confirmed(instance: Instance, key_id: str) -> PublicKey:
    """The key at its address, and its owner's word that it is theirs (B-16, SG15).

    Keys have a budget of their own: whatever else others make us fetch there, they can still be had.
    """
    proven = await fetch_document(instance, key_id, counted=True)
    separate = None
    if actor_type(proven.json) is None or "inbox" not in proven.json:
        separate = _read_separate(proven, key_id)
        proven = await fetch_document(instance, separate.owner, counted=True)
        if proven.id != separate.owner:
            raise SignatureInvalid("The owner of the key has another address.")
    document = read_actor_document(proven)
    if key_id not in list_key_ids(document):
        raise SignatureInvalid("The owner of the key does not show it.")
    await keep_actor(instance, document, separate)
    found = await _find_stored(instance, key_id)
    if found is None or found.owner != document.id:
        raise SignatureInvalid("The key cannot be used.")
    return found


def _read_separate(proven: ProvenDocument, key_id: str) -> PublicKey:
    """A key that has a document of its own, which says whose it is. Raises SignatureInvalid."""
    document = proven.json
    owner = uri(document.get("owner")) or uri(document.get("controller"))
    if proven.id != key_id or owner is None or not same_origin(owner, key_id):
        raise SignatureInvalid("The document at the address of the key is not that key.")
    pem, multibase = text(document.get("publicKeyPem"), 20_000), text(document.get("publicKeyMultibase"), 5_000)
    key = read_pem(pem or "") if multibase is None else read_multikey(multibase)
    return PublicKey(uri=key_id, owner=owner, key=key)


def _translate(failed: FetchFailed, key_id: str) -> Exception:
    """What whoever sent the request is told (SG17)."""
    if failed.cause is Cause.GONE:
        return KeyGone(key_id)
    if failed.retry:
        wait = failed.retry_after or int(FAILURE_WAIT.total_seconds())
        return KeyUnavailable(f"The key of the signature cannot be fetched for now. {failed}", retry_after=wait)
    return SignatureInvalid(f"The key of the signature cannot be fetched. {failed}")
