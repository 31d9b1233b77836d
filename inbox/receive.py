"""Take in one request to an inbox: check it in the order of HT3, cheap things first, and commit it before 202.

Nothing is acted upon here and nothing is believed that the signature does not cover; `inbox/process` does the rest.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from federation.authentication import authenticate
from federation.errors import FederationError, KeyGone, Malformed, SignatureInvalid, Unsupported
from federation.fields import Json, types, uri
from federation.instance import Instance
from federation.origin import require_owner, require_same_origin
from federation.parse import MAX_BYTES, NeedsCompaction, decode, decode_plain
from federation.signatures import Envelope
from federation.uris import host_of
from federation.vocabulary.activity_readers import READERS, read_activity, read_actor_uri
from inbox import policy
from models import actors, servers
from models.database import connection
from models.errors import DeclicError, Unavailable
from models.received import NewReceived

ACTIVITY_TYPES = ("application/activity+json", "application/ld+json", "application/json")
"""What a body may be called (CN7); snac2 and others leave the profile of ld+json out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What to answer (A9); `reason` is a sentence for whoever runs the other server."""

    status: int
    reason: str = ""
    retry_after: int | None = None


class WrongForm(FederationError):
    """An inbox takes application/activity+json, not compressed."""

    status = 415


class TooLarge(FederationError):
    """An activity has 1 MiB at most."""

    status = 413


async def receive(instance: Instance, envelope: Envelope, inbox_owner: str | None = None) -> Outcome:
    """What to answer to this POST; 202 only once the activity is committed, or when it needs no keeping.

    `inbox_owner` is the username whose inbox it is, None for the shared one. Raises Unavailable when the database
    is away.
    """
    try:
        reason = await _receive(instance, envelope, inbox_owner)
    except Unavailable:
        raise
    except DeclicError as error:
        return Outcome(status=error.status, reason=str(error), retry_after=getattr(error, "retry_after", None))
    return Outcome(status=202, reason=reason)


async def _receive(instance: Instance, envelope: Envelope, inbox_owner: str | None) -> str:
    _require_form(envelope)
    await policy.require_welcome(instance, policy.read_key_hosts(envelope))
    document, plain = _decode(envelope.body)
    header = _read_header(document)
    await policy.require_welcome(instance, {host_of(header.actor_uri)})
    if inbox_owner is not None:
        await policy.require_inbox(instance, inbox_owner)
    if header.type in {"Delete", "Update"} and not await _knows(instance, header.actor_uri):
        return "Nothing is known here of this actor."
    try:
        await _authenticate(instance, envelope, header)
    except KeyGone as gone:
        _require_own_end(document, header, gone)
    _require_authority(document, header, plain=plain)
    policy.require_patience(instance, host_of(header.actor_uri))
    await _keep(instance, envelope, header)
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """What has to be known of an activity before anything is checked, read from the plain JSON."""

    id: str
    type: str
    actor_uri: str


def _require_form(envelope: Envelope) -> None:
    """Size, type, and no compression, since what unpacks could be any size (B-11)."""
    if len(envelope.body) > MAX_BYTES:
        raise TooLarge
    kind = envelope.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in ACTIVITY_TYPES or envelope.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise WrongForm


def _decode(body: bytes) -> tuple[Json, bool]:
    """The JSON, and whether plain reading understands it. Raises Malformed."""
    try:
        return decode_plain(body), True
    except NeedsCompaction:
        return decode(body), False


def _read_header(document: Json) -> _Header:
    """Raises Malformed; Unsupported for what is accepted and forgotten: no id, several actors, unknown types."""
    actor_uri = read_actor_uri(document.get("actor"))
    names = [name.rpartition("#")[2].rpartition(":")[2] for name in types(document)]
    if not names:
        raise Malformed("This has no type.")
    type = next((name for name in names if name in READERS), None)
    if type is None:
        raise Unsupported(f"{names[0][:100]} is no activity known here.")
    id = uri(document.get("id"))
    if id is None:
        raise Unsupported("This activity has no id, so it is passing news that nobody keeps.")
    return _Header(id=id, type=type, actor_uri=actor_uri)


async def _knows(instance: Instance, actor_uri: str) -> bool:
    """Peers tell everybody of every deletion; of strangers there is nothing to delete and no key to fetch (AX11)."""
    async with connection(instance.pool) as conn:
        return await actors.is_known(conn, actor_uri)


async def _authenticate(instance: Instance, envelope: Envelope, header: _Header) -> None:
    try:
        await authenticate(instance, envelope, actor=header.actor_uri, at=datetime.now(UTC))
    except KeyGone:
        raise
    except SignatureInvalid:
        policy.note_failure(instance, host_of(header.actor_uri))
        raise


def _require_authority(document: Json, header: _Header, *, plain: bool) -> None:
    """Raise unless the actor may say this. What needs compaction is read once it is processed, and checked then."""
    if plain:
        require_owner(read_activity(document), header.actor_uri)
    else:
        require_same_origin(header.actor_uri, header.id)


def _require_own_end(document: Json, header: _Header, gone: KeyGone) -> None:
    """An account's own deletion cannot be verified once its key is gone: that its server says so is proof (AX12)."""
    target = uri(document.get("object"))
    if header.type != "Delete" or target != header.actor_uri or gone.uri.partition("#")[0] != target:
        raise gone


async def _keep(instance: Instance, envelope: Envelope, header: _Header) -> None:
    host = host_of(header.actor_uri)
    await instance.intake.put(
        NewReceived(
            activity_uri=header.id,
            body_hash=sha256(envelope.body).digest(),
            type=header.type,
            actor_uri=header.actor_uri,
            host=host,
            body=envelope.body,
        )
    )
    if instance.heard.find(host) is None:
        instance.heard.keep(host, True)
        async with connection(instance.pool) as conn:
            await servers.save_heard(conn, [host])
