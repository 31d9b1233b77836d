"""Update: something published before is now like this, or an actor changed (AX7, AX8)."""

from federation.vocabulary.activities import Update
from federation.vocabulary.actors import ActorDocument
from inbox.errors import Ignored
from inbox.objects import save_post
from inbox.resolve import is_postlike, note_of
from models import notifications, posts
from models.actors import Actor
from models.database import Connection
from models.settings import Site


async def handle_update(conn: Connection, site: Site, sender: Actor, activity: Update) -> None:
    """Newer versions replace what is held; what was never seen counts as new. Profiles were fetched anew already."""
    if isinstance(activity.object, ActorDocument):
        return
    if not is_postlike(activity.object):
        raise Ignored("This is not shown here.")
    before = await posts.find_by_uri(conn, note_of(activity.object).id)
    post = await save_post(conn, sender, activity.object)
    if before is not None and before.updated_at != post.updated_at:
        await notifications.notify_sharers(conn, author_id=sender.id, post_id=post.id)
