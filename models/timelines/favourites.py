"""What somebody likes, by the time of the like."""

from models.database import Connection
from models.timelines.entries import Entry, Page, fetch_entries, turn_round

_FAVOURITES = """
    SELECT f.id, f.post_id, NULL::bigint AS shared_by FROM favourite f
    WHERE f.actor_id = $4 AND f.id < $1 AND f.id > $2
    ORDER BY f.id DESC LIMIT $3
"""

_STATEMENTS = (_FAVOURITES, turn_round(_FAVOURITES))


async def list_favourited(conn: Connection, actor_id: int, page: Page) -> list[Entry]:
    """What this actor likes, the latest like first; each entry's id is the like's. Audience not checked."""
    return await fetch_entries(conn, _STATEMENTS, page, actor_id)
