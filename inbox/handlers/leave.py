"""Leave: somebody elsewhere is part of a community of ours no longer."""

from federation.vocabulary.activities.participation import Leave
from inbox.communities.requests import process_leave
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection


async def handle_leave(conn: Connection, site: Site, sender: Actor, activity: Leave) -> None:
    """She is out at once; nothing is answered."""
    await process_leave(conn, site, sender, activity)
