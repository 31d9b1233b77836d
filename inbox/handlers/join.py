"""Join: somebody elsewhere wants to come to a meeting of ours."""

from federation.vocabulary.activities.participation import Join
from inbox.errors import Ignored
from inbox.meetings.participation import process_join
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection


async def handle_join(conn: Connection, site: Site, sender: Actor, activity: Join) -> None:
    """Answered at once. Raises Ignored for what is none of ours, or not for her."""
    if not await process_join(conn, site, sender, activity):
        raise Ignored("joins_nothing_here")
