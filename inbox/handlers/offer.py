"""Offer: somebody proposes terms for a listing."""

from federation.vocabulary.activities import Offer
from inbox.errors import Ignored
from models.actors import Actor
from models.database import Connection
from models.settings import Site


async def handle_offer(conn: Connection, site: Site, sender: Actor, activity: Offer) -> None:
    """Agreements are not part of this server yet: nothing is promised, and a message says the same in words."""
    raise Ignored("Terms cannot be agreed on here yet; write to the author instead.")
