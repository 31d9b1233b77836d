"""Leave: somebody elsewhere comes to a meeting of ours no more, or is part of a community no longer."""

from federation.vocabulary.activities.participation import Leave
from inbox.communities import requests
from inbox.meetings import participation
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection


async def handle_leave(conn: Connection, site: Site, sender: Actor, activity: Leave) -> None:
    """Her seat goes to the first in line; of a community she is out at once, and nothing is answered."""
    if not await participation.process_leave(conn, site, sender, activity):
        await requests.process_leave(conn, site, sender, activity)
