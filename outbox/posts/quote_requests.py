"""Our people quote (FEP-044f): one of ours at once, by her wish; somebody elsewhere once their server agrees."""

from federation.uris import stamp_uri
from federation.vocabulary.objects import Note
from models import posts
from models.errors import Invalid, NotFound
from models.news import notifications
from models.people import actors
from models.people.actors import Actor
from models.posts import PUBLIC, Audience, Post
from models.posts.quotes import quote_policies, quotes
from models.posts.quotes.quotes import Quote
from models.relations import follows
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.update import build_update
from outbox.builders.objects.quotes import build_quote_request
from outbox.posts.post_documents import build_document
from outbox.traffic.audience import find_recipients
from outbox.traffic.send import Recipients, send

QUOTED_IN: tuple[Audience, ...] = ("network", "unlisted", "followers")
"""For whom a note that quotes may be: whoever is quoted has to be able to hear of it."""


async def may_quote(conn: Connection, actor: Actor, quoted: Post) -> bool:
    """Whether this actor may quote a public post, or ask to; always her own."""
    if quoted.audience not in PUBLIC or quoted.kind == "notice":
        return False
    if quoted.author_id == actor.id:
        return True
    if await blocks.between(conn, actor.id, quoted.author_id):
        return False
    offer = (await quote_policies.list_facts(conn, [quoted.id]))[quoted.id].offer
    if "public" in offer.all:
        return True
    return "followers" in offer.all and await follows.is_follower(
        conn, follower_id=actor.id, followed_id=quoted.author_id
    )


async def get_quotable(conn: Connection, actor: Actor, post_id: int, audience: Audience) -> Post:
    """The post that somebody wants to quote. Raises NotFound where she may not see it, Invalid where she may not."""
    quoted = await posts.find_visible(conn, post_id, actor.id)
    if quoted is None:
        raise NotFound
    if not await may_quote(conn, actor, quoted):
        raise Invalid("quote_not_allowed", field="quoted_status_id")
    if audience not in QUOTED_IN:
        raise Invalid("quote_visibility_invalid", field="visibility")
    return quoted


async def begin(conn: Connection, site: Site, author: Actor, note: Post, quoted: Post) -> Quote:
    """A new note quotes that: agreed at once where whoever is quoted is one of ours, else to be asked for."""
    quote = await quotes.save(conn, note, quoted.uri)
    quoted_author = await actors.get(conn, quoted.author_id)
    if not quoted_author.local:
        return quote
    own = quoted_author.id == author.id
    stamp = None if own else stamp_uri(site, quoted_author.username)
    agreed = await quotes.settle(conn, quote.id, "accepted", stamp_uri=stamp)
    assert agreed is not None
    await notify_author(conn, agreed, quoted_author)
    return agreed


async def ask(conn: Connection, site: Site, author: Actor, note: Note, quoted: Post, quote: Quote) -> None:
    """Ask whoever is quoted, elsewhere; nothing where that is settled."""
    if quote.state != "pending":
        return
    quoted_author = await actors.get(conn, quoted.author_id)
    request = build_quote_request(site, author, note, quoted.uri, quoted_author.uri)
    await quotes.ask(conn, quote.id, request.id)
    await send(conn, author, request, Recipients(named_ids=(quoted_author.id,)), about=note.id)


async def notify_author(conn: Connection, quote: Quote, author: Actor) -> None:
    """One of ours is told who quotes her, as soon as the post that does is here."""
    if author.local and quote.quoting_id is not None:
        await notifications.notify(
            conn, recipient_id=author.id, type="quote", actor_id=quote.quoting_actor_id, post_id=quote.quoting_id
        )


async def process_accepted_quote(conn: Connection, site: Site, quote: Quote, stamp: str) -> None:
    """Whoever is quoted agreed: the note now carries the stamp, and whoever holds it gets it."""
    if await quotes.settle(conn, quote.id, "accepted", stamp_uri=stamp) is not None:
        await _send_update(conn, site, quote)


async def process_refused_quote(conn: Connection, site: Site, quote: Quote) -> None:
    """Whoever is quoted said no, or takes a yes back; a note of ours loses its stamp wherever it is."""
    was_accepted = quote.state == "accepted"
    settled = await quotes.settle(conn, quote.id, "revoked" if was_accepted else "rejected")
    if settled is not None and was_accepted:
        await _send_update(conn, site, quote)


async def _send_update(conn: Connection, site: Site, quote: Quote) -> None:
    """The note as it is now, which is no edit: its words stay."""
    found = await posts.list_by_ids(conn, [quote.quoting_id] if quote.quoting_id is not None else [])
    if not found or not found[0].local:
        return
    author = await actors.get(conn, found[0].author_id)
    document = await build_document(conn, site, author, found[0])
    recipients = await find_recipients(conn, author, found[0])
    update = build_update(site, author, document)
    await send(
        conn,
        author,
        update,
        Recipients(followed_ids=recipients.followed_ids, holders_of=found[0].uri),
        about=found[0].uri,
    )
