"""Join: somebody elsewhere wants to come to a meeting or into a community, or to wait for what one of ours lends."""

from federation.vocabulary.activities.participation import Join
from inbox.communities import requests
from inbox.exchanges import waiting_lists
from inbox.meetings import participation
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection


async def handle_join(conn: Connection, site: Site, sender: Actor, activity: Join) -> None:
    """Answered by Accept, TentativeAccept or Reject; a repeated one once more. Raises Ignored for what is not hers."""
    if await participation.process_join(conn, site, sender, activity):
        return
    if not await waiting_lists.process_join(conn, site, sender, activity):
        await requests.process_join(conn, site, sender, activity)
