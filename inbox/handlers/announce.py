"""Announce: somebody shares a post, or a stream's Group passes a listing on (AX14)."""

from federation.vocabulary.activities.activities import Announce
from federation.vocabulary.embedded import is_postlike
from inbox.errors import Ignored
from inbox.posts.remote_changes import find_before, notify_change
from inbox.posts.remote_posts import find_author, save_post
from models import posts
from models.news import notifications
from models.people.actors import Actor
from models.posts import Post
from models.relations import reactions
from models.relations.blocking import blocks
from models.relations.reactions import NewReaction
from models.settings import Site
from models.store.database import Connection


async def handle_announce(conn: Connection, site: Site, sender: Actor, activity: Announce) -> None:
    """The post was fetched from its own origin; two announces of one thing are one share."""
    post = await _find_post(conn, site, sender, activity)
    if post is None or post.deleted_at is not None or post.audience not in posts.PUBLIC:
        raise Ignored("shared_not_public_or_gone")
    if await blocks.between(conn, post.author_id, sender.id):
        raise Ignored("blocked")
    shared = await reactions.share(conn, uri=activity.id, actor_id=sender.id, post_id=post.id)
    if shared is None:
        again = NewReaction(uri=activity.id, actor_id=sender.id, post_id=post.id)
        await reactions.renew_shares(conn, [again])
    elif post.local:
        await notifications.notify(
            conn, recipient_id=post.author_id, type="reblog", actor_id=sender.id, post_id=post.id
        )


async def _find_post(conn: Connection, site: Site, sender: Actor, activity: Announce) -> Post | None:
    object = activity.object
    if isinstance(object, str):
        return await posts.find_by_uri(conn, object)
    if not is_postlike(object):
        raise Ignored("shared_kind_not_shown")
    author = await find_author(conn, sender, object)
    before = await find_before(conn, object)
    post = (await save_post(conn, author, object, through_share=True)).post
    await notify_change(conn, site, author, before, post)
    return post
