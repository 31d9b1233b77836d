"""Our own public activities with their proofs, made where they leave: the same bytes at every door."""

import orjson

from federation.circles import read_members_of
from federation.instance import Instance
from federation.json.addressees import is_for_everybody
from federation.json.fields import PUBLIC
from federation.own_keys.key_pairs import load_signer
from federation.proofs.integrity import add_proof
from federation.uris import is_local
from models.errors import NotFound
from models.settings import SettingsError, Site
from models.traffic.outbound.activities import Kept


async def attach_proof(instance: Instance, kept: Kept) -> str:
    """An activity as others get it: a public one with a proof by the Ed25519 key of its actor, if there is one to use.

    The same key and the same moment always give the same proof, so that a delivery, the outbox and `GET` agree. What
    only some may read never gets one: a proof can be shown to anybody. But for what stays inside a community elsewhere:
    its home passes that on, and members' servers believe nobody else than its author.
    """
    if not needs_proof(instance.site, kept):
        return kept.body
    name = (kept.actor_id, kept.body)
    proven = instance.proven.find(name)
    if proven is None:
        since = instance.proven.forgotten
        proven = await _attach(instance, kept)
        instance.proven.keep(name, proven, since=since)
    return proven


def needs_proof(site: Site, kept: Kept) -> bool:
    """Whether it is for everybody by its addressees, listed in the outbox or not, or passed on by a home elsewhere."""
    if kept.public or (PUBLIC in kept.body and is_for_everybody(orjson.loads(kept.body))):
        return True
    return _goes_through_home(site, kept.body)


def _goes_through_home(site: Site, body: str) -> bool:
    """Whether it is published, changed or taken back inside a community whose home is elsewhere."""
    if '/members"' not in body:
        return False
    said = orjson.loads(body)
    inside = said["type"] in ("Create", "Update", "Delete") and read_members_of(said["to"])
    return any(not is_local(site, uri) for uri in inside or ())


async def _attach(instance: Instance, kept: Kept) -> str:
    document = orjson.loads(kept.body)
    if "proof" in document:  # kept with it, by a version before this one
        return kept.body
    try:
        signer = await load_signer(instance, kept.actor_id, "ed25519")
    except (NotFound, SettingsError):
        return kept.body
    return orjson.dumps(add_proof(document, signer, kept.said_at)).decode()
