"""Announce: somebody shares a post, or a stream's Group passes a listing on (AX14)."""

from federation.vocabulary.activities import Announce
from federation.vocabulary.embedded import is_postlike, note_of
from inbox.errors import Ignored
from inbox.objects import save_post
from models import actors, blocks, notifications, posts, reactions
from models.actors import Actor
from models.database import Connection
from models.posts import Post
from models.settings import Site


async def handle_announce(conn: Connection, site: Site, sender: Actor, activity: Announce) -> None:
    """The post was fetched from its own origin; two announces of one thing are one share."""
    post = await _find_post(conn, activity)
    if post is None or post.deleted_at is not None or post.audience not in posts.PUBLIC:
        raise Ignored("What is shared is not for everybody, or is gone.")
    if await blocks.between(conn, post.author_id, sender.id):
        raise Ignored("The two do not see each other.")
    shared = await reactions.share(conn, uri=activity.id, actor_id=sender.id, post_id=post.id)
    if shared is None:
        await reactions.renew_share(conn, uri=activity.id, actor_id=sender.id, post_id=post.id)
    elif post.local:
        await notifications.notify(
            conn, recipient_id=post.author_id, type="reblog", actor_id=sender.id, post_id=post.id
        )


async def _find_post(conn: Connection, activity: Announce) -> Post | None:
    if isinstance(activity.object, str):
        return await posts.find_by_uri(conn, activity.object)
    if not is_postlike(activity.object):
        raise Ignored("This shares something that is not shown here.")
    author = await actors.find_by_uri(conn, note_of(activity.object).attributed_to or "")
    if author is None or author.local or author.suspended_at is not None:
        raise Ignored("Its author is nobody whose posts are kept here.")
    return await save_post(conn, author, activity.object, through_share=True)
