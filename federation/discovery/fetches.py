"""Fetching the actors and objects of other servers; actors are kept."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from federation.discovery.handles import confirm_handle
from federation.discovery.remote_actors import save_actor
from federation.documents.documents import ProvenDocument, fetch_document, save_failure
from federation.documents.parse import Fetched, read_document, read_fetched
from federation.errors import Cause, FetchFailed, Malformed
from federation.instance import Instance
from federation.signatures import PublicKey, Signer
from federation.uris import is_local
from federation.vocabulary.actors import ActorDocument, read_actor
from models.errors import NotFound
from models.people import actors
from models.people.actors import Actor
from models.store.database import connection, transaction

FRESH = timedelta(days=1)
"""How long we believe what we know of an actor before we look again."""


async def fetch_actor(instance: Instance, uri: str, *, fresh: bool = False) -> Actor:
    """The actor at this address, fetched now and kept; its id may be another of the same origin.

    `fresh` asks even when the address failed a moment ago: for people who wait. Raises FetchFailed.
    """
    proven = await fetch_document(instance, uri, fresh=fresh)
    try:
        document = read_actor_document(proven)
        return await keep_actor(instance, document)
    except FetchFailed as failed:
        await save_failure(instance, uri.partition("#")[0], failed)
        raise


async def get_actor(instance: Instance, uri: str) -> Actor:
    """The actor with this id as we know it, fetched when it is unknown or was last seen a day ago.

    A known actor whose server does not answer now is returned as it was. Raises FetchFailed, and NotFound for
    addresses of ours that are nobody's.
    """
    async with connection(instance.pool) as conn:
        found = await actors.find_by_uri(conn, uri)
    known = found if found is not None and found.deleted_at is None else None
    if is_local(instance.site, uri):
        if known is None:
            raise NotFound
        return known
    if known is not None and is_fresh(known):
        return known
    try:
        return await fetch_actor(instance, uri)
    except FetchFailed as failed:
        if known is None or failed.cause is Cause.GONE:
            raise
        return known


async def fetch_object(instance: Instance, uri: str, *, signer: Signer | None = None, fresh: bool = False) -> Fetched:
    """Whatever stands at this address, read and served by the origin of its id. Raises FetchFailed, Unsupported.

    Signed by the server's own actor unless a `signer` is given: that of a follower, for what only followers may see.
    """
    proven = await fetch_document(instance, uri, signer=signer, fresh=fresh)
    try:
        document = await read_document(instance.jsonld, proven.decoded)
        if document.get("id") != proven.id:
            raise Malformed("This object has another id than it seems to have.")
        return read_fetched(document)
    except Malformed:
        failed = FetchFailed(Cause.NOT_AN_OBJECT, urlsplit(uri).netloc)
        await save_failure(instance, uri.partition("#")[0], failed)
        raise failed from None


def read_actor_document(proven: ProvenDocument) -> ActorDocument:
    """An actor, read plainly. Raises FetchFailed."""
    try:
        return read_actor(proven.json)
    except Malformed:
        raise FetchFailed(Cause.NOT_AN_ACTOR, urlsplit(proven.id).netloc) from None


async def keep_actor(instance: Instance, document: ActorDocument, separate: PublicKey | None = None) -> Actor:
    """Confirm the handle of a fetched actor and save it with its keys. Raises FetchFailed."""
    handle = await confirm_handle(instance, document)
    try:
        async with transaction(instance.pool) as conn:
            actor, before = await save_actor(conn, document, handle, separate)
    except Malformed:
        raise FetchFailed(Cause.NOT_AN_ACTOR, urlsplit(document.id).netloc) from None
    for key_id in before:
        instance.public_keys.forget(key_id)
    return actor


def is_fresh(actor: Actor) -> bool:
    """Whether we looked at this actor within a day."""
    return actor.fetched_at is not None and actor.fetched_at > datetime.now(UTC) - FRESH
