"""Join: somebody elsewhere asks to be part of a community of ours, or says yes to its new charter."""

from federation.vocabulary.activities.participation import Join
from inbox.communities.requests import process_join
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection


async def handle_join(conn: Connection, site: Site, sender: Actor, activity: Join) -> None:
    """Answered by Accept or Reject; a repeated one once more."""
    await process_join(conn, site, sender, activity)
