"""Accept: somebody lets one of ours follow (AX3)."""

from federation.vocabulary.activities import Accept, Follow
from inbox.errors import Ignored
from inbox.relations import find_our_follow
from models import backfills, follows
from models.actors import Actor
from models.database import Connection
from models.settings import Site


async def handle_accept(conn: Connection, site: Site, sender: Actor, activity: Accept) -> None:
    """Believed only from the followed actor, and only for a Follow that we sent."""
    match activity.object:
        case Follow() | str():
            follow = await find_our_follow(conn, site, sender, activity.object)
            newly = await follows.accept(conn, follow.id)
            if newly and len(await follows.list_local_followers(conn, sender.id)) == 1:
                await backfills.ask(conn, sender.id)  # the first of ours: what came before is wanted too
        case _:
            raise Ignored("This accepts terms of an exchange that is not kept here.")
