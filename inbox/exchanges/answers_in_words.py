"""People whose server reads no agreements answer in words: a private "oui" or "non" to what is on the table."""

from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import speaks
from outbox.exchanges.plain_language.replies import process_remote_reply


async def process_words(conn: Connection, site: Site, sender: Actor, post: Post) -> None:
    """A private answer by somebody whose server reads no agreements, if something waits for it."""
    if not speaks(sender):
        await process_remote_reply(conn, site, sender, post)
