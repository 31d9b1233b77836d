"""What follows from decisions about a person and her posts: here, and for those elsewhere who have copies."""

from federation.instance import Instance
from models.moderation import decisions
from models.moderation.decisions import ModerationDecision
from models.settings import Site
from models.store.database import Connection, transaction


async def apply_decisions(conn: Connection, site: Site, actor_id: int) -> None:
    """Bring this actor and her posts to the state that the decisions in force and what is held say.

    Called after a decision takes effect, is taken back or ends, and after a held post is released.
    """
    await decisions.refresh(conn, actor_id)


async def take_back(
    conn: Connection, site: Site, decision: ModerationDecision, *, by: int | None, words: str = ""
) -> bool:
    """A decision holds no more, and what it did is undone whole. False where that was so already."""
    if not await decisions.take_back(conn, decision.id, by, words):
        return False
    if decision.actor_id is not None:
        await apply_decisions(conn, site, decision.actor_id)
    return True


async def end_decisions(instance: Instance) -> int:
    """Lift what was decided for a time that is over; a chore. How many."""
    async with transaction(instance.pool) as conn:
        ended = await decisions.list_ended(conn)
        for actor_id in {one.actor_id for one in ended if one.actor_id is not None}:
            await apply_decisions(conn, instance.site, actor_id)
    return len(ended)
