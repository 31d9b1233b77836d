"""Remove: somebody unpins a post of theirs (AX19), or somebody stands in a circle of a community no longer."""

from federation.vocabulary.activities.activities import Remove
from inbox.communities.circles import find_circle, process_remove
from inbox.relations.follow_questions import require_featured
from models import posts
from models.people.actors import Actor
from models.relations import pins
from models.settings import Site
from models.store.database import Connection


async def handle_remove(conn: Connection, site: Site, sender: Actor, activity: Remove) -> None:
    """Taken down; what was not pinned stays as it is."""
    circle = await find_circle(conn, activity.target)
    if circle is not None:
        await process_remove(conn, site, sender, activity, *circle)
        return
    require_featured(sender, activity.target, activity.object)
    post = await posts.find_by_uri(conn, activity.object)
    if post is not None:
        await pins.unpin(conn, sender.id, post.id)
