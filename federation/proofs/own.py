"""Our own activities brought back by others: one of ours said this if her proof holds, however long ago it was made."""

from dataclasses import dataclass
from datetime import datetime

from federation.json.fields import Json, moment
from federation.proofs.integrity import read_proofs
from federation.signatures import PublicKey
from federation.signatures.public_keys import load_stored
from models.people import keys
from models.people.actors import Actor
from models.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWord:
    """What one of ours said, and when: what she signed and nothing else, without the proof."""

    said_at: datetime
    document: Json


async def find_own_word(conn: Connection, document: Json, actor: Actor) -> OwnWord | None:
    """What this actor of ours said, by a proof of the key that she has; None where none holds.

    A proof counts for seven days where somebody else might bring again what is over; here the moment is for the caller
    to judge.
    """
    written = document.get("proof")
    made = moment(written.get("created")) if isinstance(written, dict) else None
    if made is None:
        return None
    held = {
        key.uri: PublicKey(uri=key.uri, owner=key.owner, key=load_stored(key.pem))
        for key in await keys.list_public_keys(conn, actor.id)
        if key.algorithm == "ed25519"
    }
    for proof in read_proofs(document, made):
        key = held.get(proof.key_id)
        if key is not None and proof.holds(key):
            return OwnWord(said_at=made, document=_leave_signed(document))
    return None


def _leave_signed(document: Json) -> Json:
    """Without what others may add and the proof holds all the same: a longer context, another signature."""
    context = document["proof"].get("@context", document.get("@context"))
    signed = {name: member for name, member in document.items() if name not in ("proof", "signature")}
    return signed if context is None else signed | {"@context": context}
