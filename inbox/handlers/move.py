"""Move: somebody lives at another address now; who follows them here follows them there (AX18, B-60)."""

from federation.vocabulary.activities import Move
from inbox.errors import Ignored
from models import actors, follows
from models.actors import Actor
from models.database import Connection
from models.settings import Site
from outbox.follows import follow, unfollow


async def handle_move(conn: Connection, site: Site, sender: Actor, activity: Move) -> None:
    """Believed when the new address names the old one; it was fetched a moment ago."""
    if activity.object != sender.uri:
        raise Ignored("Only an account itself moves.")
    target = await actors.find_by_uri(conn, activity.target)
    if target is None or target.deleted_at is not None or target.moved_to is not None:
        raise Ignored("The new address is nobody to follow.")
    if sender.uri not in target.also_known_as:
        raise Ignored("The new address does not say that it is the same person.")
    if not await actors.save_move(conn, sender.id, target.uri):
        raise Ignored("This account moved a few days ago.")
    for follower_id in await follows.list_local_followers(conn, sender.id):
        follower = await actors.get(conn, follower_id)
        if follower_id != target.id:  # she who moved here follows herself no longer
            await follow(conn, site, follower, target)
        await unfollow(conn, site, follower, sender)
