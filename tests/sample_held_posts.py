"""What waits for a look: a filter held what Alice wrote."""

from models.moderation import filters
from models.moderation.filters import ModerationRule
from models.store.database import Connection
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.sample_village import Village


async def add_held_posts(conn: Connection, village: Village) -> None:
    """A filter, and one note of hers that it found."""
    rule = ModerationRule(name="Arnaques", patterns=("crypto*",), action="hold", on_local=True, on_remote=True)
    await filters.save(conn, rule)
    await notes.publish(conn, village.site, village.alice, NoteDraft(text="Des cryptos ?", audience="network"))
