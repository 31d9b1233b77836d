"""Leave: somebody elsewhere comes to a meeting no more, leaves a community, or waits for a listing no longer."""

from federation.vocabulary.activities.participation import Leave
from inbox.communities import requests
from inbox.exchanges import waiting_lists
from inbox.meetings import participation
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection


async def handle_leave(conn: Connection, site: Site, sender: Actor, activity: Leave) -> None:
    """Her seat goes to the first in line; of a community or a list she is out at once. Nothing is answered."""
    if await participation.process_leave(conn, site, sender, activity):
        return
    if not await waiting_lists.process_leave(conn, site, sender, activity):
        await requests.process_leave(conn, site, sender, activity)
