"""Add: somebody pins a post of theirs (AX19), or somebody stands in a circle of a community."""

from federation.vocabulary.activities.activities import Add
from inbox.communities.circles import find_circle, process_add
from inbox.relations.follow_questions import require_featured
from inbox.relations.pinned_posts import ask_again
from models import posts
from models.people.actors import Actor
from models.relations import pins
from models.settings import Site
from models.store.database import Connection


async def handle_add(conn: Connection, site: Site, sender: Actor, activity: Add) -> None:
    """Kept up to a limit; a post that is not here yet is fetched with the whole collection, by a job."""
    circle = await find_circle(conn, activity.target)
    if circle is not None:
        await process_add(conn, site, sender, activity, *circle)
        return
    require_featured(sender, activity.target, activity.object)
    post = await posts.find_by_uri(conn, activity.object)
    if post is None:
        await ask_again(conn, sender)
    elif post.author_id == sender.id and post.deleted_at is None and post.audience in posts.PUBLIC:
        await pins.pin_remote(conn, sender.id, post.id)
