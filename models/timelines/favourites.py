"""What somebody likes or keeps, by the time of the act and not of the post."""

from models.database import Connection
from models.timelines.entries import Entry, Page, fetch_entries, turn_round

# $4 whose acts.
_FAVOURITES = """
    SELECT f.id, f.post_id, NULL::bigint AS shared_by FROM favourite f
    WHERE f.actor_id = $4 AND f.id < $1 AND f.id > $2
    ORDER BY f.id DESC LIMIT $3
"""
_BOOKMARKS = _FAVOURITES.replace("favourite f", "bookmark f")

_FAVOURITE_STATEMENTS = (_FAVOURITES, turn_round(_FAVOURITES))
_BOOKMARK_STATEMENTS = (_BOOKMARKS, turn_round(_BOOKMARKS))


async def list_favourited(conn: Connection, actor_id: int, page: Page) -> list[Entry]:
    """What this actor likes, the latest like first; each entry's id is the like's. Audience not checked."""
    return await fetch_entries(conn, _FAVOURITE_STATEMENTS, page, actor_id)


async def list_bookmarked(conn: Connection, actor_id: int, page: Page) -> list[Entry]:
    """What this member keeps, the latest kept first; each entry's id is the keeping's. Audience not checked."""
    return await fetch_entries(conn, _BOOKMARK_STATEMENTS, page, actor_id)
