"""An actor of ours gets new keys under the same ids, and its profile tells everybody."""

from federation.own_keys.key_pairs import KEYS_CHANNEL, KeyPairs, save_local_keys
from models.people.actors import Actor
from models.settings import Site
from models.store.background.notify import announce
from models.store.database import Connection
from outbox.people.profiles import announce_update


async def rotate(conn: Connection, site: Site, actor: Actor, pairs: KeyPairs) -> None:
    """Replace both keys of an actor, tell its followers and, once this is committed, the other processes here.

    The old keys are gone at once. Whoever kept one sees a signature that does not hold, looks at the profile once and
    goes on with the new one (SG13, SG14).
    """
    await save_local_keys(conn, site, actor, pairs)
    await announce_update(conn, site, actor)
    await announce(conn, KEYS_CHANNEL, actor.id)
