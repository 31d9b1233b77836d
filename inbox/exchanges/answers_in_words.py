"""People whose server reads no agreements answer in words: a private "oui" or "non" to what is on the table.

What a community asked about its charter is answered so too, and that they come to a meeting. Whether they stay on the
list of what somebody else was given, everybody elsewhere says so.
"""

from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import speaks
from outbox.communities.answers_in_words import process_charter_answer
from outbox.exchanges.plain_language.replies import process_place_answer, process_remote_reply
from outbox.meetings.replies import process_reply as process_meeting_reply


async def process_words(conn: Connection, site: Site, sender: Actor, post: Post) -> None:
    """A private answer by somebody elsewhere, if something waits for it."""
    if await process_charter_answer(conn, site, sender, post):
        return
    if await process_place_answer(conn, site, sender, post) or speaks(sender):
        return
    if not await process_meeting_reply(conn, site, sender, post):
        await process_remote_reply(conn, site, sender, post)
