"""A post that was held appears: delivered, in streams, told to whom it concerns, as if it were published now."""

from federation.vocabulary.objects import Note
from models import posts
from models.listings import listings
from models.moderation import unpublished_posts
from models.news import notifications
from models.people import actors
from models.people.actors import Actor
from models.posts import PUBLIC, Post
from models.posts.quotes import quotes
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.create import build_create
from outbox.listings import listings as listing_verbs
from outbox.meetings import meetings as meeting_verbs
from outbox.posts import notes, quote_requests
from outbox.posts.post_documents import build_document
from outbox.repairs.calls import telling
from outbox.traffic.audience import find_recipients
from outbox.traffic.send import send


async def announce_first(conn: Connection, site: Site, author: Actor, shown: list[int]) -> None:
    """Of these posts of ours that are shown, those that never were appear, see `announce`."""
    first = await unpublished_posts.claim(conn, shown)
    for post in await posts.list_by_ids(conn, first):
        await announce(conn, site, author, post)


async def announce(conn: Connection, site: Site, author: Actor, post: Post) -> None:
    """It stands from now on, as if it had been published now."""
    if not post.local:
        await _tell_readers(conn, author, post)
    elif post.kind == "listing":
        listing = await listings.find_by_post(conn, post.id)
        assert listing is not None
        if listing.details.meeting:
            await meeting_verbs.announce(conn, site, author, post)
            return
        await listing_verbs.announce(conn, site, author, listing)
    else:
        await _announce_note(conn, site, author, post)


async def _announce_note(conn: Connection, site: Site, author: Actor, post: Post) -> None:
    named = tuple(await actors.list_by_ids(conn, (await posts.list_mentions(conn, [post.id]))[post.id]))
    await notes.notify_named(conn, author, post, named)
    if post.audience == "coop":
        return
    document = await build_document(conn, site, author, post)
    recipients = await find_recipients(conn, author, post, named=named)
    await send(conn, author, build_create(site, author, document), recipients, about=post.uri)
    quote = await quotes.find_by_quoting(conn, post.id)
    quoted = await posts.list_by_ids(conn, [quote.quoted_id] if quote is not None and quote.quoted_id else [])
    if quote is not None and quoted and isinstance(document, Note):
        await quote_requests.notify_author(conn, quote, await actors.get(conn, quoted[0].author_id))
        await quote_requests.ask(conn, site, author, document, quoted[0], quote)


async def _tell_readers(conn: Connection, author: Actor, post: Post) -> None:
    """Those of our people whom a post from elsewhere names or answers, and who asked to be told of its author."""
    told = set(await unpublished_posts.list_named(conn, post.id))
    answered = await posts.list_by_ids(conn, [post.in_reply_to_id] if post.in_reply_to_id is not None else [])
    if answered and post.audience in PUBLIC:
        told.add(answered[0].author_id)
    await notifications.notify_all(conn, sorted(told), type="mention", actor_id=author.id, post_id=post.id)
    if post.in_reply_to_uri is None:
        await notifications.notify_followers(conn, author_id=author.id, post_id=post.id)
    listing = await listings.find_by_post(conn, post.id) if post.kind == "listing" else None
    if listing is not None:
        await telling.notify_near(conn, listing)
