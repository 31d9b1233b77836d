"""Accept: somebody lets one of ours follow (AX3)."""

from federation.uris import is_local
from federation.vocabulary.activities import Accept, Follow
from inbox.errors import Ignored
from inbox.relations import find_our_follow
from models import backfills, follows
from models.actors import Actor
from models.database import Connection
from models.settings import Site
from outbox.follows import unfollow_again


async def handle_accept(conn: Connection, site: Site, sender: Actor, activity: Accept) -> None:
    """Believed only from the followed actor, and only for a Follow that we sent.

    One that was taken back meanwhile is taken back again: they believe it, however it came to that (D10).
    """
    match activity.object:
        case Follow() | str():
            uri = activity.object if isinstance(activity.object, str) else activity.object.id
            if uri and is_local(site, uri) and await unfollow_again(conn, site, uri, sender):
                return
            follow = await find_our_follow(conn, site, sender, activity.object)
            newly = await follows.accept(conn, follow.id)
            if newly and len(await follows.list_local_followers(conn, sender.id)) == 1:
                await backfills.ask(conn, sender.id)  # the first of ours: what came before is wanted too
        case _:
            raise Ignored("This accepts terms of an exchange that is not kept here.")
