"""What members are told of the territories that they proposed, and what the team needs to be told of no more."""

from collections.abc import Sequence

from models.news import notifications
from models.people import actors
from models.store.database import Connection, execute


async def tell(conn: Connection, member_ids: Sequence[int]) -> None:
    """What these members proposed is settled: they learn it anew, an earlier answer is one line with it."""
    if not member_ids:
        return
    await execute(
        conn,
        "DELETE FROM notification WHERE type = 'territory_answered' AND recipient_id = ANY($1)",
        list(member_ids),
    )
    coop = await actors.get_local(conn, "coop")
    await notifications.notify_all(conn, list(member_ids), type="territory_answered", actor_id=coop.id, post_id=None)
    await forget_settled(conn, member_ids)


async def forget_settled(conn: Connection, member_ids: Sequence[int]) -> None:
    """The team needs to be told no more of those of these members of whose proposals none waits."""
    await execute(
        conn,
        """
        DELETE FROM notification WHERE type = 'territory_proposed' AND actor_id = ANY($1) AND NOT EXISTS (
            SELECT FROM territory_proposal t WHERE t.member_id = notification.actor_id AND t.state = 'waiting')
        """,
        list(member_ids),
    )
