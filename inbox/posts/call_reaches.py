"""A repair call from elsewhere that its server has told further: nothing else changed, so it is no edit."""

from typing import Any

from federation.vocabulary.marketplace import Proposal
from inbox.posts.translation import read_details
from models.listings import listings
from models.repairs.calls import waves
from models.repairs.calls.reaches import read_reach
from models.store.database import Connection


async def save_reach(conn: Connection, post_id: int, object: Proposal) -> None:
    """How far it is told by now: whoever lives that near here is told next."""
    reach = read_reach(object.repair.reach) if object.repair is not None else None
    if reach is not None:
        await waves.save_reach_of_copy(conn, post_id, reach)


async def only_goes_further(conn: Connection, post_id: int, object: Proposal) -> bool:
    """Whether a call that reads as it did stands as it stood, but for its reach."""
    held, said = await listings.find_by_post(conn, post_id), read_details(object)
    if held is None or said is None or held.details.kind != "repair_call":
        return False
    then, now = held.details.repair or {}, said.repair or {}
    same = _leave_reach(then) == _leave_reach(now) and held.details.status == said.status
    return same and then.get("reach") != now.get("reach")


def _leave_reach(repair: dict[str, Any]) -> dict[str, Any]:
    """What else is said of the bike."""
    return {name: value for name, value in repair.items() if name != "reach" and value not in (None, [])}
