"""Tell those elsewhere who have a post of ours that it was put away, or give it back to them whole: by an Update.

No Delete: what was deleted elsewhere could not come back. Mastodon shows the Update as an edit, and so do we. Where it
did not arrive before it was hidden, nothing is said of it, and a Create goes out once it is shown.
"""

from dataclasses import replace

from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.meetings import Event
from federation.vocabulary.objects import Note
from models import posts
from models.listings import listings
from models.listings.listings import Listing
from models.moderation import hidden_posts
from models.people import accounts, actors
from models.people.actors import Actor
from models.posts import PUBLIC, Post
from models.posts.quotes import quotes
from models.settings import Site
from models.store.database import Connection
from models.traffic.outbound import deliveries, unreached_inboxes
from outbox.builders.activities.create import build_create
from outbox.builders.activities.update import build_update
from outbox.listings import marketplaces
from outbox.posts.post_documents import build_document
from outbox.traffic.audience import find_recipients
from outbox.traffic.send import Recipients, send


async def tell_untold(conn: Connection, site: Site, author: Actor, *, limit: int) -> int:
    """Tell of this author's posts that others hold otherwise than they stand here, each once; how many."""
    await accounts.lock_account(conn, author.id)
    told = 0
    for id in await hidden_posts.list_untold(conn, author.id, limit=limit):
        if await hidden_posts.mark_told(conn, id):
            for post in await posts.list_by_ids(conn, [id]):
                await _tell(conn, site, author, post)
                told += 1
    return told


async def _tell(conn: Connection, site: Site, author: Actor, post: Post) -> None:
    if post.hidden_at is not None:
        await deliveries.cancel(conn, post.uri)  # what has not left yet is not to arrive behind this
    if post.meant_audience == "coop":
        return
    document = await build_document(conn, site, author, post)
    listing = await listings.find_by_post(conn, post.id) if post.kind == "listing" else None
    recipients = await _find_holders(conn, author, post, listing)
    await send(conn, author, build_update(site, author, document), recipients, about=post.uri, listed=False)
    if post.hidden_at is None:
        await _send_first(conn, site, author, post, document)
    if listing is not None and isinstance(document, Proposal):
        await marketplaces.renew(conn, site, author, listing, document)


async def _send_first(
    conn: Connection, site: Site, author: Actor, post: Post, document: Note | Proposal | Event
) -> None:
    """Where it was hidden before it arrived it is new: a Create as it is now, and the shares that waited behind it."""
    unreached = await unreached_inboxes.list_unreached(conn, post.uri)
    if unreached:
        recipients = Recipients(inboxes=tuple(unreached))
        await send(conn, author, build_create(site, author, document), recipients, about=post.uri, listed=False)
    await unreached_inboxes.resume_shares(conn, post.uri)


async def _find_holders(conn: Connection, author: Actor, post: Post, listing: Listing | None) -> Recipients:
    """Whoever got it or now would: followers of its author and of its stream, people named, copies, quotes."""
    stream_uri = listing.details.stream_uri if listing is not None else None
    stream = await actors.find_by_uri(conn, stream_uri) if stream_uri else None
    recipients = find_recipients(post.meant_audience, author, stream=stream, named=tuple(await _list_named(conn, post)))
    recipients = replace(recipients, but_unreached=True)
    if post.meant_audience not in PUBLIC:
        return recipients
    quoting = [quote.quoting_actor_id for quote in await quotes.list_accepted(conn, post.id)]
    return replace(recipients, named_ids=(*recipients.named_ids, *quoting), holders_of=post.uri, but_markets=True)


async def _list_named(conn: Connection, post: Post) -> list[Actor]:
    mentioned = (await posts.list_mentions(conn, [post.id]))[post.id]
    return [
        *await actors.list_by_uris(conn, [*post.to_uris, *post.cc_uris]),
        *await actors.list_by_ids(conn, mentioned),
    ]
