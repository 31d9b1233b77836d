"""Two of the team at once: whoever comes second is told who did what, and when, on pages, in apps and by commands."""

from datetime import datetime

from models.errors import Conflict
from models.moderation.journal import Act, JournalEntry
from models.people import actors
from models.store.database import Connection


async def make_conflict(conn: Connection, entry: JournalEntry | None) -> Conflict:
    """What was done first, to be raised; without any entry only that something was."""
    if entry is None:
        return Conflict()
    return await describe(conn, entry.act, entry.by_id, entry.at)


async def describe(conn: Connection, act: Act, by_id: int | None, at: datetime) -> Conflict:
    """The same of an act; without anybody a command did it, or the platform by itself."""
    by = await actors.list_by_ids(conn, [by_id] if by_id is not None else [])
    if not by:
        return Conflict("settled_by_itself", act=act, at=at)
    return Conflict("settled_meanwhile", who=by[0].display_name, act=act, at=at)
