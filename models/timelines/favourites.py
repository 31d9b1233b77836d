"""What somebody likes or keeps, by the time of the act and not of the post."""

from models.store.database import Connection
from models.timelines.entries import Page, TimelineEntry, both_ways, fetch_entries

_ACTS = """
    SELECT f.id, f.post_id, NULL::bigint AS shared_by FROM {acts} f
    WHERE f.actor_id = :actor_id AND f.id < :ceiling AND f.id > :floor
    ORDER BY f.id {direction} LIMIT :limit
"""
_FAVOURITES = both_ways(_ACTS, also=["actor_id"], acts="favourite")
_BOOKMARKS = both_ways(_ACTS, also=["actor_id"], acts="bookmark")


async def list_favourited(conn: Connection, actor_id: int, page: Page) -> list[TimelineEntry]:
    """What this actor likes, the latest like first; each entry's id is the like's. Audience not checked."""
    return await fetch_entries(conn, _FAVOURITES, page, actor_id=actor_id)


async def list_bookmarked(conn: Connection, actor_id: int, page: Page) -> list[TimelineEntry]:
    """What this member keeps, the latest kept first; each entry's id is the keeping's. Audience not checked."""
    return await fetch_entries(conn, _BOOKMARKS, page, actor_id=actor_id)
