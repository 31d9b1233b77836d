"""Who sent this request: its signature read, its key found, and both held against each other."""

from datetime import UTC, datetime
from hashlib import sha256

from federation.authentication.keys import find_fitting_key
from federation.errors import SignatureInvalid
from federation.instance import Instance
from federation.signatures import Claim, Envelope, PublicKey, holds, read_claims
from federation.uris import same_origin
from models.people import keys
from models.store.database import connection


async def authenticate(
    instance: Instance, envelope: Envelope, *, actor: str | None = None, at: datetime | None = None
) -> PublicKey:
    """The key that signed this request; its `owner` is the actor who sent it.

    With `actor`, that of an activity read from the plain JSON, the signature has to be theirs (SG18). Everything that
    needs no network is checked before a key is fetched. Raises SignatureInvalid, KeyGone and KeyUnavailable.
    """
    claims = read_claims(envelope, instance.site, at or datetime.now(UTC))
    if actor is not None:
        claims = _list_of_origin(claims, actor)
    key = await _verify_only(instance, claims)
    if actor is not None and key.owner != actor:
        raise SignatureInvalid("The activity is by somebody else than whoever signed it.")
    return key


async def authenticate_sender(
    instance: Instance, envelope: Envelope, actor: str, *, at: datetime | None = None
) -> PublicKey:
    """The same for an activity that somebody may pass on: the actor's own signature, or the only one that is there.

    Where the `owner` of the key is not the actor, the signature says who passes it on and nothing else (SG18).
    """
    claims = read_claims(envelope, instance.site, at or datetime.now(UTC))
    return await _verify_only(instance, _list_of_origin(claims, actor) or claims)


def _list_of_origin(claims: list[Claim], actor: str) -> list[Claim]:
    """The signatures that may be the actor's: others beside them, such as a proxy's, do not count (RS5)."""
    return [claim for claim in claims if same_origin(claim.key_id, actor)]


async def _verify_only(instance: Instance, claims: list[Claim]) -> PublicKey:
    """The key behind the one signature that there has to be; it holds and was not used before."""
    if len(claims) != 1:
        raise SignatureInvalid("The request has to carry one signature of whoever sends it.")
    claim = claims[0]
    key = await find_fitting_key(instance, claim.key_id, lambda key: holds(claim, key))
    await _require_unused(instance, claim)
    return key


async def _require_unused(instance: Instance, claim: Claim) -> None:
    if claim.nonce is None:
        return
    nonce = sha256(f"{claim.key_id}\n{claim.nonce}".encode()).digest()
    async with connection(instance.pool) as conn:
        if not await keys.use_nonce(conn, nonce):
            raise SignatureInvalid("The signature was used before.")
