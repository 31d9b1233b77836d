"""Reject: somebody does not, or no longer, let one of ours follow (AX3)."""

from federation.vocabulary.activities import Follow, Reject
from inbox.errors import Ignored
from inbox.relations import find_our_follow
from models import follows
from models.actors import Actor
from models.database import Connection
from models.settings import Site


async def handle_reject(conn: Connection, site: Site, sender: Actor, activity: Reject) -> None:
    """The relation stays as refused, so that the follower sees what became of it."""
    match activity.object:
        case Follow() | str():
            follow = await find_our_follow(conn, site, sender, activity.object)
            await follows.reject(conn, follow.id)
        case _:
            raise Ignored("This refuses terms of an exchange that is not kept here.")
