"""Who is told of somebody here who is gone: the end of a whole instance is told there as well."""

from models.store.database import Connection, fetch_all
from models.traffic.outbound.inboxes import Inbox


async def list_told(conn: Connection) -> list[Inbox]:
    """A door of each server that is told of somebody who is gone."""
    return await fetch_all(
        conn,
        Inbox,
        """
        SELECT DISTINCT ON (d.host) d.inbox, d.personal_inbox, d.host
        FROM actor gone JOIN activity a ON a.object_uri = gone.uri AND a.actor_id = gone.id AND a.type = 'Delete'
        JOIN delivery d ON d.activity_id = a.id WHERE gone.local AND gone.deleted_at IS NOT NULL
        ORDER BY d.host, d.personal_inbox IS NULL, d.id
        """,
    )
