"""Take in one request to an inbox: check it in the order of HT3, cheap things first, and commit it before 202.

Nothing is acted upon here and nothing is believed that the signature does not cover; `inbox/processing/process` does
the rest.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

from federation.authentication.authentication import authenticate_sender
from federation.documents.origin import require_same_origin
from federation.documents.parse import MAX_BYTES
from federation.errors import FederationError, KeyGone, SignatureInvalid, Unsupported
from federation.instance import Instance
from federation.json.decoded_bodies import Decoded
from federation.json.fields import uri
from federation.signatures import Envelope
from federation.synchronization import HEADER
from federation.uris import host_of
from federation.vocabulary.activities.activities import Activity
from federation.vocabulary.activities.activity_readers import require_readable
from inbox.receiving import inbox_policy
from inbox.receiving.forwarded import find_vouched
from inbox.receiving.headers import Readable, read_body
from inbox.traffic.losses import has_lost, keep_name, tells_of_loss
from inbox.traffic.synchronization import note_digest
from models import posts
from models.domains import find_domain
from models.errors import DeclicError, Unavailable
from models.limits import TOLD_FETCHES
from models.people import actors
from models.store.database import connection
from models.traffic import restorations
from models.traffic.inbound.received import NewReceived
from models.traffic.outbound import host_recovery

ACTIVITY_TYPES = ("application/activity+json", "application/ld+json", "application/json")
"""What a body may be called (CN7); snac2 and others leave the profile of ld+json out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What to answer (HT1); `reason` is a sentence for whoever runs the other server.

    `proven` tells that we know who sent it, whatever the answer.
    """

    status: int
    reason: str = ""
    retry_after: int | None = None
    proven: bool = False


TAKEN = Outcome(status=202, proven=True)
"""What nearly all are answered."""


class WrongForm(FederationError):
    """An inbox takes application/activity+json, not compressed."""

    status = 415


class TooLarge(FederationError):
    """An activity has 1 MiB at most."""

    status = 413


async def receive(
    instance: Instance,
    envelope: Envelope,
    inbox_owner: str | None = None,
    *,
    welcomed: frozenset[str] | None = None,
) -> Outcome:
    """What to answer to this POST; 202 only once the activity is committed, or when it needs no keeping.

    `inbox_owner` is the username whose inbox it is, None for the shared one. `welcomed` are the hosts of the keys that
    it names, where these were let in already. Raises Unavailable when the database is away.
    """
    try:
        read, activity = await _check(instance, envelope, inbox_owner, welcomed)
        host = host_of(read.header.actor_uri)
        await inbox_policy.require_waiting_bytes(instance, host, len(read.body))
        # Once more: it may have been set aside while its body came in, or its key was fetched.
        await inbox_policy.require_allowed_host(
            instance, {host, *(welcomed or inbox_policy.read_key_hosts(envelope.headers))}
        )
        with instance.backlog.taking(host, len(read.body)):
            turn = instance.turns.take(find_domain(host), at=datetime.now(UTC))
            new = _describe(envelope, read, host, turn)
            if not read.hint:
                said = Decoded(document=read.document, misread=not read.plain, activity=activity)
                instance.decoded.keep(new.body, said)
            await instance.intake.put(new)
        instance.tallies.count("inbox", "accepted")
        await _note_beside(instance, envelope, read, host)
    except Unavailable:
        raise
    except DeclicError as error:
        proven = isinstance(error, inbox_policy.TooMany) and not isinstance(error, inbox_policy.TooManyFailures)
        wait = getattr(error, "retry_after", None)
        return Outcome(status=error.status, reason=str(error), retry_after=wait, proven=proven)
    return TAKEN if read.signed else Outcome(status=202)


async def _check(
    instance: Instance, envelope: Envelope, inbox_owner: str | None, welcomed: frozenset[str] | None
) -> tuple[Readable, Activity | None]:
    """The activity to keep, as far as it was read. Raises what is against that; Unsupported for what is forgotten."""
    _require_form(envelope)
    if welcomed is None:
        welcomed = inbox_policy.read_key_hosts(envelope.headers)
        await inbox_policy.require_allowed_host(instance, welcomed)
    read = read_body(envelope.body)
    header = read.header
    await inbox_policy.require_allowed_host(instance, {host_of(header.actor_uri)} - welcomed)
    if inbox_owner is not None:
        await _require_inbox(instance, envelope, header.actor_uri, inbox_owner)
    if header.type in {"Delete", "Update"} and not await _knows(instance, read):
        raise Unsupported("Nothing is known here of this actor.")
    try:
        believed = await _authenticate(instance, envelope, read)
    except KeyGone as gone:
        believed = _accept_own_deletion(instance, read, gone)
    # Counted once it is known who says so.
    if believed.hint and not instance.counter.spend(TOLD_FETCHES, host_of(header.actor_uri)):
        raise Unsupported("This server was asked often enough for now.")
    activity = _require_authority(believed)
    if not believed.signed:
        await _require_not_ended(instance, header.actor_uri)
    return believed, activity


async def _require_inbox(instance: Instance, envelope: Envelope, sender_uri: str, owner: str) -> None:
    """Raise where nobody of ours has this inbox; of a name that was lost it is remembered that somebody had it."""
    try:
        await inbox_policy.require_inbox(instance, owner)
    except DeclicError:
        if await has_lost(instance):
            await _keep_name(instance, envelope, sender_uri, owner)
        raise


async def _keep_name(instance: Instance, envelope: Envelope, sender_uri: str, owner: str) -> None:
    try:
        key = await authenticate_sender(instance, envelope, sender_uri, at=datetime.now(UTC))
    except SignatureInvalid:
        inbox_policy.note_failure(instance, host_of(sender_uri))
    except FederationError:
        return
    else:
        await keep_name(instance, host_of(key.owner), owner)


def _accept_own_deletion(instance: Instance, read: Readable, gone: KeyGone) -> Readable:
    """An account's own deletion, whose key went with the account: that its server says so is proof (AX12).

    Who tells of it is not known, so it counts like a signature that does not hold and not as a request of that server.
    Raises KeyGone for everything else.
    """
    target = read.header.actor_uri
    inbox_policy.note_failure(instance, host_of(target))
    if read.header.type != "Delete" or {uri(read.document.get("object")), gone.uri.partition("#")[0]} != {target}:
        raise gone
    return replace(read, signed=False)


async def _require_not_ended(instance: Instance, actor_uri: str) -> None:
    """Raise Unsupported once the end of this account took effect: without a signature it is kept no more."""
    async with connection(instance.pool) as conn:
        known = await actors.find_by_uri(conn, actor_uri)
    if known is not None and known.deleted_at is not None:
        raise Unsupported("This account has ended already.")


def _require_form(envelope: Envelope) -> None:
    """Size, type, and no compression, since what unpacks could be any size (B-11)."""
    if len(envelope.body) > MAX_BYTES:
        raise TooLarge
    kind = envelope.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in ACTIVITY_TYPES or envelope.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise WrongForm


async def _knows(instance: Instance, read: Readable) -> bool:
    """Peers tell everybody of every deletion; of strangers there is nothing to delete and no key to fetch (AX11).

    Who organises the event of a group is a stranger too, until it is moved or called off: what is held counts as well.
    So is the actor of a server of which people are known, that tells what the server lost.
    """
    if instance.known_actors.find(read.header.actor_uri) is not None:
        return True
    object = uri(read.document.get("object"))
    async with connection(instance.pool) as conn:
        if await actors.is_known(conn, read.header.actor_uri):
            instance.known_actors.keep(read.header.actor_uri, True)
            return True
        if object is not None and await posts.find_by_uri(conn, object) is not None:
            return True
        return tells_of_loss(read.document) and await restorations.is_peer(conn, host_of(read.header.actor_uri))


async def _authenticate(instance: Instance, envelope: Envelope, read: Readable) -> Readable:
    """The activity that may be believed: this one, or what its origin says of it when somebody else brings it."""
    header = read.header
    try:
        key = await authenticate_sender(instance, envelope, header.actor_uri, at=datetime.now(UTC))
    except KeyGone:
        raise
    except SignatureInvalid:
        inbox_policy.note_failure(instance, host_of(header.actor_uri))
        raise
    inbox_policy.require_rate(instance, host_of(key.owner))  # whoever sends it: a forwarder spends nobody else's
    if key.owner == header.actor_uri:
        return read
    if read.hint:
        raise Unsupported("Only whoever changed something gives a hint of it.")
    vouched = await find_vouched(instance, read, forwarder=host_of(key.owner))
    _require_no_actor(vouched)
    return vouched


def _require_no_actor(read: Readable) -> None:
    """Raise Unsupported for the change of an actor that somebody else brings, or what might be one once compacted.

    It may ask for what it lost: what a server shows proves nothing there, since its name may have changed hands.
    """
    changed = uri(read.document.get("object"))
    if read.header.type == "Update" and (not read.plain or changed in {None, read.header.actor_uri}):
        raise Unsupported("Only an actor itself tells that it changed.")


def _require_authority(read: Readable) -> Activity | None:
    """Raise unless the actor may say this. What needs compaction is read once it is processed, and checked then."""
    activity = require_readable(read.document) if read.plain else None
    require_same_origin(read.header.actor_uri, read.header.id)
    return activity


def _describe(envelope: Envelope, read: Readable, host: str, turn: datetime) -> NewReceived:
    as_sent = read.body is envelope.body  # not where an origin was asked, or a hint was written
    return NewReceived(
        activity_uri=read.header.id,
        body_hash=envelope.body_hash if as_sent else sha256(read.body).digest(),
        type=read.header.type,
        actor_uri=read.header.actor_uri,
        host=host,
        body=read.body,
        turn=turn,
    )


async def _note_beside(instance: Instance, envelope: Envelope, read: Readable, host: str) -> None:
    """What the request says besides: that this host is there, which the database is told once a minute; its digest."""
    if instance.active_hosts.find(host) is None:
        instance.active_hosts.keep(host, True)
        async with connection(instance.pool) as conn:
            await host_recovery.note_activity(conn, [host], at=datetime.now(UTC))
    if read.direct and read.signed and HEADER in envelope.headers:
        await note_digest(instance, envelope, read.header.actor_uri)
