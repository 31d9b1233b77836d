"""Who sent this request: its signature read, its key found, and both held against each other."""

from datetime import UTC, datetime
from hashlib import sha256

from federation.errors import SignatureInvalid
from federation.instance import Instance
from federation.keys import find_key, refetch_key
from federation.signatures import Claim, Envelope, PublicKey, holds, read_claims
from federation.uris import same_origin
from models import keys
from models.database import connection


async def authenticate(
    instance: Instance, envelope: Envelope, *, actor: str | None = None, at: datetime | None = None
) -> PublicKey:
    """The key that signed this request; its `owner` is the actor who sent it.

    With `actor`, that of an activity read from the plain JSON, the signature has to be theirs (SG18). Everything that
    needs no network is checked before a key is fetched; the host of the key id may be looked at before by
    `read_key_ids` (RS14). Raises SignatureInvalid, KeyGone and KeyUnavailable.
    """
    claim = _choose(read_claims(envelope, instance.site, at or datetime.now(UTC)), actor)
    key = await find_key(instance, claim.key_id)
    if not holds(claim, key):
        fresh = await refetch_key(instance, claim.key_id)
        if fresh is None or not holds(claim, fresh):
            raise SignatureInvalid("The signature does not hold.")
        key = fresh
    if actor is not None and key.owner != actor:
        raise SignatureInvalid("The activity is by somebody else than whoever signed it.")
    await _require_unused(instance, claim)
    return key


def _choose(claims: list[Claim], actor: str | None) -> Claim:
    """The one signature that may be the actor's: others beside it, such as a proxy's, do not count (RS5)."""
    if actor is not None:
        claims = [claim for claim in claims if same_origin(claim.key_id, actor)]
    if len(claims) != 1:
        raise SignatureInvalid("The request has to carry one signature of whoever sends it.")
    return claims[0]


async def _require_unused(instance: Instance, claim: Claim) -> None:
    if claim.nonce is None:
        return
    nonce = sha256(f"{claim.key_id}\n{claim.nonce}".encode()).digest()
    async with connection(instance.pool) as conn:
        if not await keys.use_nonce(conn, nonce):
            raise SignatureInvalid("The signature was used before.")
