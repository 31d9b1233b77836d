"""Block: somebody wants nothing to do with one of ours, who is not told (AX16)."""

from federation.vocabulary.activities.activities import Block
from inbox.errors import Ignored
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection


async def handle_block(conn: Connection, site: Site, sender: Actor, activity: Block) -> None:
    """The two no longer see each other, and no longer follow each other."""
    target = await actors.find_by_uri(conn, activity.object)
    if target is None or not target.local:
        raise Ignored("blocks_nobody")
    await blocks.save(conn, uri=activity.id, actor_id=sender.id, target_id=target.id)
