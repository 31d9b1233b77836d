"""A member proposes the cooperative to follow a territory; the team settles it, and whoever proposed it is told.

Several who propose the same one are answered together. Nothing of it leaves the cooperative.
"""

from collections.abc import Collection

from models.errors import Conflict
from models.news import staff_notifications, territory_news
from models.news.staff_notifications import Topic
from models.relations import coop_follows
from models.servers import territory_proposals
from models.store.database import Connection


async def propose(conn: Connection, member_id: int, host: str, reason: str) -> None:
    """Ask the team to follow this territory. Raises Conflict where the cooperative does, or she asked too much."""
    if (await coop_follows.find(conn, host)).followed:
        raise Conflict("territory_already_followed", field="proposed")
    await territory_proposals.save(conn, member_id, host, reason)
    await staff_notifications.notify_team(conn, "territory_proposed", Topic(actor_id=member_id), but=[member_id])


async def take_back(conn: Connection, member_id: int, host: str) -> None:
    """She proposes it no more. Raises Conflict where it was settled meanwhile."""
    if not await territory_proposals.forget_waiting(conn, member_id, host):
        raise Conflict("territory_proposal_settled", field="taken_back")
    await territory_news.forget_settled(conn, [member_id])


async def decline(conn: Connection, host: str, answer: str) -> None:
    """The team does not follow it, and says why where it wants to. Raises Conflict where nobody proposes it."""
    members = await territory_proposals.settle(conn, [host], "declined", answer)
    if not members:
        raise Conflict("territory_not_proposed", field="act")
    await territory_news.tell(conn, members)


async def note_followed(conn: Connection, hosts: Collection[str]) -> None:
    """The cooperative follows these territories: whoever proposed one is told."""
    await territory_news.tell(conn, await territory_proposals.settle(conn, hosts, "followed"))
