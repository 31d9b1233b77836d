"""Move: somebody lives at another address now; who follows them here follows them there (AX18, B-60)."""

from federation.vocabulary.activities.activities import Move
from inbox.errors import Ignored
from models.people import account_moves, actors
from models.people.actors import Actor
from models.servers import trust_levels
from models.settings import Site
from models.store.database import Connection
from outbox.communities.together.moving import close_unseen, follow_move
from outbox.people.account_moves import move_followers


async def handle_move(conn: Connection, site: Site, sender: Actor, activity: Move) -> None:
    """Believed when the new address names the old one; it was fetched a moment ago.

    A community that moves where we see nothing, as it is hidden, is closed: for that its home has the word.
    """
    if activity.object != sender.uri:
        raise Ignored("move_of_other_actor")
    try:
        target = await _get_target(conn, sender, activity.target)
    except Ignored:
        if not await close_unseen(conn, sender, activity.target):
            raise
        return
    if sender.uri not in target.also_known_as:
        raise Ignored("move_not_confirmed")
    if not await account_moves.save(conn, sender.id, target.uri):
        raise Ignored("moved_lately")
    await follow_move(conn, site, sender, target)
    await move_followers(conn, site, sender, target)


async def _get_target(conn: Connection, sender: Actor, uri: str) -> Actor:
    """Who lives at the new address. Raises Ignored where nobody here could follow them."""
    target = await actors.find_by_uri(conn, uri)
    if target is None or target.id == sender.id or target.deleted_at is not None or target.moved_to is not None:
        raise Ignored("move_target_unknown")
    if target.suspended_at is not None or (not target.local and not await trust_levels.is_welcome(conn, target.host)):
        raise Ignored("move_target_refused")
    return target
