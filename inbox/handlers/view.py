"""View: another server says how many of its people it told of a repair call of ours, and how many opened it."""

from datetime import UTC, datetime

from federation.vocabulary.activities.participation import View
from inbox.errors import Ignored
from models import posts
from models.listings import listings
from models.people.actors import Actor
from models.posts import Post
from models.repairs.calls import figures
from models.repairs.calls.figures import AHEAD, CallReport
from models.settings import Site
from models.store.database import Connection


async def handle_view(conn: Connection, site: Site, sender: Actor, activity: View) -> None:
    """One row a server, the newest: of a server that was sent the call, in the name of a Group of its own.

    Raises Ignored, for a call that is not ours or not its business as for one that never was.
    """
    post = await posts.find_by_uri(conn, activity.object)
    if post is None or not await _is_ours(conn, post) or sender.type != "Group":
        raise Ignored("views_nobody")
    if not await figures.was_sent(conn, post.uri, sender.host):
        raise Ignored("views_nobody")
    said, at = CallReport(notified=activity.notified, opened=activity.opened), activity.updated
    if at is None or at > datetime.now(UTC) + AHEAD:
        raise Ignored("view_outdated")
    if not await figures.save_view(conn, post.id, sender.host, said, at):
        raise Ignored("view_outdated")


async def _is_ours(conn: Connection, post: Post) -> bool:
    """Whether it is a repair call of ours that was not withdrawn."""
    listing = await listings.find_by_post(conn, post.id) if post.local and post.deleted_at is None else None
    return listing is not None and listing.details.kind == "repair_call"
