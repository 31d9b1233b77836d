"""Leave: somebody elsewhere comes to a meeting of ours no more."""

from federation.vocabulary.activities.participation import Leave
from inbox.errors import Ignored
from inbox.meetings.participation import process_leave
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection


async def handle_leave(conn: Connection, site: Site, sender: Actor, activity: Leave) -> None:
    """Her seat goes to the first in line. Raises Ignored where she has none."""
    if not await process_leave(conn, site, sender, activity):
        raise Ignored("leaves_nothing")
