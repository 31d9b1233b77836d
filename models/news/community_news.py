"""What members of a community are told in its name: the newest stands for an earlier one of its kind."""

from collections.abc import Sequence

from models.news import notifications
from models.news.notifications import NotificationType
from models.store.database import Connection, execute


async def tell(conn: Connection, community_id: int, recipient_ids: Sequence[int], type: NotificationType) -> None:
    """Tell these people, as if for the first time; the community is whose act it is."""
    await execute(
        conn,
        "DELETE FROM notification WHERE recipient_id = ANY($1) AND type = $2 AND actor_id = $3",
        list(recipient_ids),
        type,
        community_id,
    )
    await notifications.notify_all(conn, recipient_ids, type=type, actor_id=community_id, post_id=None)
