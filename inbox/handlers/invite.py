"""Invite: a community elsewhere asks one of ours to come in, or a manager elsewhere has one of ours invite somebody."""

from federation.vocabulary.activities.participation import Invite
from inbox.communities.invitations import process_invite
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection


async def handle_invite(conn: Connection, site: Site, sender: Actor, activity: Invite) -> None:
    """Whoever is invited is told, and answers by Accept or Reject."""
    await process_invite(conn, site, sender, activity)
