"""Like: somebody is interested in a post of ours, or of somebody we know (AX15)."""

from federation.vocabulary.activities.activities import Like
from inbox.errors import Ignored
from models import posts
from models.news import notifications
from models.people.actors import Actor
from models.relations import reactions
from models.relations.blocking import blocks
from models.relations.reactions import NewReaction
from models.settings import Site
from models.store.database import Connection


async def handle_like(conn: Connection, site: Site, sender: Actor, activity: Like) -> None:
    """Counted once; the author is told when she is one of ours."""
    post = await posts.find_by_uri(conn, activity.object)
    if post is None or post.id not in await posts.filter_visible(conn, [post.id], sender.id):
        raise Ignored("liked_not_here")
    if await blocks.between(conn, post.author_id, sender.id):
        raise Ignored("blocked")
    liked = await reactions.favourite(conn, uri=activity.id, actor_id=sender.id, post_id=post.id)
    if liked is None:
        again = NewReaction(uri=activity.id, actor_id=sender.id, post_id=post.id)
        await reactions.renew_favourites(conn, [again])
    elif post.local:
        await notifications.notify(
            conn, recipient_id=post.author_id, type="favourite", actor_id=sender.id, post_id=post.id
        )
