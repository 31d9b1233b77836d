"""What the owner of a stolen bike is told: somebody of a cooperative asked about its number."""

from models.news import notifications
from models.store.database import Connection, execute


async def tell(conn: Connection, owner_id: int, cooperative_id: int) -> None:
    """Tell her anew, in the name of this cooperative; that it asked before is one line with it."""
    await execute(
        conn,
        "DELETE FROM notification WHERE type = 'bike_asked' AND recipient_id = $1 AND actor_id = $2",
        owner_id,
        cooperative_id,
    )
    await notifications.notify(conn, recipient_id=owner_id, type="bike_asked", actor_id=cooperative_id)
