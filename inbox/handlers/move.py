"""Move: somebody lives at another address now; who follows them here follows them there (AX18, B-60)."""

from datetime import UTC, datetime, timedelta

from federation.vocabulary.activities import Move
from inbox.errors import Ignored
from models import actors, follows
from models.actors import Actor
from models.database import Connection
from models.settings import Site
from outbox.follows import follow, unfollow

COOLDOWN = timedelta(days=7)


async def handle_move(conn: Connection, site: Site, sender: Actor, activity: Move) -> None:
    """Believed when the new address names the old one; it was fetched a moment ago."""
    if activity.object != sender.uri:
        raise Ignored("Only an account itself moves.")
    if sender.moved_to is not None and sender.updated_at > datetime.now(UTC) - COOLDOWN:
        raise Ignored("This account moved a few days ago.")
    target = await actors.find_by_uri(conn, activity.target)
    if target is None or target.local or target.deleted_at is not None or target.moved_to is not None:
        raise Ignored("The new address is nobody to follow.")
    if sender.uri not in target.also_known_as:
        raise Ignored("The new address does not say that it is the same person.")
    await actors.save_move(conn, sender.id, target.uri)
    for follower_id in await follows.list_local_followers(conn, sender.id):
        follower = await actors.get(conn, follower_id)
        await follow(conn, site, follower, target)
        await unfollow(conn, site, follower, sender)
