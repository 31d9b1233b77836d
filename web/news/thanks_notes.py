"""The notes in which people thanked each other, behind the lines of their threads."""

from collections.abc import Sequence

from models import posts
from models.exchanges import thanks
from models.exchanges.exchanges import Event
from models.posts import Post
from models.store.database import Connection
from web.news.leading_mentions import load_messages


async def load_thanks_notes(conn: Connection, events: Sequence[Event], reader_id: int) -> dict[int, Post]:
    """The notes of those of these lines that thank, by line, as far as the reader may see them."""
    lines = [event.id for event in events if event.kind == "thanked"]
    notes = await thanks.list_notes(conn, lines) if lines else {}
    visible = await posts.filter_visible(conn, list(notes.values()), reader_id) if notes else set()
    found = await load_messages(conn, visible)
    return {line: found[id] for line, id in notes.items() if id in found}
