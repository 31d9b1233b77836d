"""What a community points to: where it lives now that it is closed here, and the one that it belongs to."""

from models.communities import communities, holders
from models.communities.communities import Community
from models.errors import NotFound
from models.people import actors
from models.store.database import Connection
from web.pages.components.people import MovedTo, find_moved_to
from web.rendering.paths import community_path


async def find_pointer(conn: Connection, one: Community) -> MovedTo | None:
    """None for one that lives on, or that ended for good."""
    if one.ended_at is None:
        return None
    opened = await holders.find_opened_anew(conn, one.uri)
    found = await communities.find(conn, opened) if opened is not None else None
    if found is not None:
        return MovedTo(name=found.name, href=community_path(found))
    return await find_moved_to(conn, await actors.get(conn, one.actor_id))


async def find_parent(conn: Connection, one: Community, reader_id: int | None) -> MovedTo | None:
    """The community that it says it belongs to, as far as the reader may know of that."""
    parent = await communities.find_by_uri(conn, one.parent_uri) if one.parent_uri else None
    if parent is None:
        return None
    try:
        known = await communities.get_for(conn, parent.actor_id, reader_id)
    except NotFound:
        return None
    return MovedTo(name=known.name, href=community_path(known))
