"""Our own activities with their proofs, made once when an activity is kept: what is signed is what is served."""

from datetime import datetime

import orjson

from federation.private_keys import unlock
from federation.proofs.integrity import add_proof
from models import keys
from models.database import Connection


async def seal(conn: Connection, actor_id: int, body: bytes, at: datetime) -> bytes:
    """A public activity with a proof by the Ed25519 key of its actor; as it is where the actor has none to use.

    Never for what only some may read: a proof can be shown to anybody.
    """
    stored = await keys.find_private_key(conn, actor_id, "ed25519")
    signer = await unlock(stored) if stored is not None else None
    if signer is None:
        return body
    return orjson.dumps(add_proof(orjson.loads(body), signer, at))
