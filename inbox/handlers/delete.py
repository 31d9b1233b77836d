"""Delete: something, or somebody, elsewhere is no more (AX9 to AX13)."""

from federation.vocabulary.activities.activities import Delete
from inbox.exchanges.agreements import process_unreport
from inbox.posts.remote_posts import require_own
from models import posts
from models.moderation import held_posts
from models.people.actors import Actor
from models.personal_data import account_erasure
from models.posts import message_requests
from models.posts.quotes import quotes
from models.settings import Site
from models.store.database import Connection
from models.traffic import tombstones
from outbox.communities.inside.departures import follow_end
from outbox.exchanges.agreements.departed_partners import end_all
from outbox.meetings.remote import tell_of_end
from outbox.posts.quote_requests import process_refused_quote
from outbox.threads.listing_endings import note_in_copies
from outbox.threads.waiting_requests import end_copies


async def handle_delete(conn: Connection, site: Site, sender: Actor, activity: Delete) -> None:
    """A deletion outranks everything: what comes later under the same id is void for 30 days."""
    uri = activity.object.id
    if uri == sender.uri:
        await end_all(conn, site, sender)
        await follow_end(conn, site, sender)
        await held_posts.forget(conn, author_id=sender.id)
        await account_erasure.forget_stranger(conn, sender.id)
        return
    require_own(sender, uri)
    if await process_unreport(conn, site, sender, uri):
        await tombstones.save_deleted(conn, uri, sender.uri)
        return
    await _end_quotes(conn, site, sender, uri)
    await message_requests.take_back(conn, uri, sender.id)
    post = await posts.find_by_uri(conn, uri)
    if post is None:
        await tombstones.save_deleted(conn, uri, sender.uri)
    elif not post.local and post.author_id == sender.id:
        await tombstones.save_deleted(conn, uri, sender.uri)
        await tell_of_end(conn, site, post.id)
        await end_copies(conn, site, sender, post.id)
        await note_in_copies(conn, post.id, told=False)
        await held_posts.forget(conn, post_id=post.id)
        await posts.delete(conn, post.id)


async def _end_quotes(conn: Connection, site: Site, sender: Actor, uri: str) -> None:
    """Where this is the stamp of a quote, whoever is quoted takes it back (FEP-044f).

    That a post names it as its stamp says nothing: anybody may name anything, another's post too.
    """
    for quote in await quotes.list_by_stamp(conn, uri):
        quoted = await posts.list_by_ids(conn, [quote.quoted_id] if quote.quoted_id else [])
        if quoted and quoted[0].author_id == sender.id:
            await process_refused_quote(conn, site, quote)
