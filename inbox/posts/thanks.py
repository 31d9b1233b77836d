"""A note that says it thanks for an exchange: believed only where we know that exchange, and both confirmed it."""

from federation.vocabulary.embedded import Postlike, note_of
from models import posts
from models.exchanges import agreements
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection
from outbox.exchanges.agreements.thanks import keep_thanks
from outbox.threads.agreement_context import lock_context


async def process_thanks(conn: Connection, sender: Actor, object: Postlike, post: Post) -> None:
    """Count it as thanks, once for each exchange; whatever does not fit stays the note that it is.

    The event must be one that we hold, of an exchange that both confirm, of which the author is one side (its provider
    or its receiver); and the other side, who is thanked, must be able to read the note.
    """
    uri = note_of(object).thanks_for
    report = await agreements.find_report(conn, uri) if uri is not None and post.kind == "note" else None
    if report is None:
        return
    case = await lock_context(conn, report.agreement_id)
    held = case.agreement
    if held.role_of(sender.id) is None or not held.verified:
        return
    if post.id in await posts.filter_visible(conn, [post.id], held.other_of(sender.id)):
        await keep_thanks(conn, case, sender, post)
