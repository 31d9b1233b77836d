"""A yes or a no that is about a community: to what one of ours asked it, or to what one of ours asked somebody."""

from federation.vocabulary.activities.activities import Accept, Reject
from inbox.communities.holders import process_holder_answer
from inbox.communities.invitations import find_invited, process_accepted_invitation, process_declined_invitation
from inbox.communities.requests import find_joined, process_accepted, process_refused
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection


async def process_answer(conn: Connection, site: Site, sender: Actor, activity: Accept | Reject) -> bool:
    """Whether it is such an answer: then it is done."""
    joined = await find_joined(conn, sender, activity.object)
    if joined is not None:
        if isinstance(activity, Accept):
            await process_accepted(conn, sender, joined)
        else:
            await process_refused(conn, sender, joined, activity)
        return True
    if await process_holder_answer(conn, site, sender, activity):
        return True
    community = await find_invited(conn, sender, activity.object)
    if community is None:
        return False
    if isinstance(activity, Accept):
        await process_accepted_invitation(conn, site, sender, community, activity)
    else:
        await process_declined_invitation(conn, site, sender, community)
    return True
