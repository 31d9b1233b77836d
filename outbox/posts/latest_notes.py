"""A note as its author said it last, be it that this still waits for a look: what a change of it begins with."""

from dataclasses import replace

from models.moderation import held_posts
from models.posts import Post
from models.store.database import Connection
from outbox.posts.notes import NoteDraft


async def find_latest(conn: Connection, note: Post) -> Post:
    """A note of ours with the words of the new version that waits, of which others see nothing yet, else as it stands.

    Its pictures and its poll stay those that are shown: apps read these from the note itself.
    """
    held = await held_posts.find(conn, note.id) if note.kind == "note" else None
    if held is None or held.draft is None:
        return note
    draft = held_posts.read_draft(held.draft, NoteDraft)
    return replace(note, source=draft.text, warning=draft.warning, language=draft.language)
