"""TentativeAccept: one of ours waits for a seat at a meeting elsewhere, or for what somebody there lends."""

from federation.vocabulary.activities.participation import TentativeAccept
from inbox.errors import Ignored
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.meetings.remote import find_asked, process_tentative
from outbox.threads import waiting_lists_elsewhere


async def handle_tentative_accept(conn: Connection, site: Site, sender: Actor, activity: TentativeAccept) -> None:
    """Believed from the server of the meeting, or the owner of the listing, alone, and only for a Join that we sent."""
    uri = activity.object if isinstance(activity.object, str) else activity.object.id
    asked = await find_asked(conn, sender, uri)
    if asked is not None:
        await process_tentative(conn, site, *asked, activity.place)
        return
    waiting = await waiting_lists_elsewhere.find_asked(conn, sender, uri)
    if waiting is None:
        raise Ignored("accepts_unknown_join")
    await waiting_lists_elsewhere.process_standing(conn, waiting)
