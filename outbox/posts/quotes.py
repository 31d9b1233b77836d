"""Quotes (FEP-044f): say yes or no to whoever asks to quote one of ours, and take a yes back."""

from federation.uris import stamp_uri
from federation.vocabulary.activities.activities import QuoteRequest
from federation.vocabulary.embedded import id_of
from models import posts
from models.errors import NotFound
from models.people import accounts, actors
from models.people.actors import Actor
from models.posts import Post
from models.posts.quotes import quote_policies, quotes
from models.posts.quotes.quote_policies import QuotePolicy
from models.posts.quotes.quotes import Quote
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.update import build_update
from outbox.builders.objects.quotes import build_accept_of_quote, build_reject_of_quote, build_revocation
from outbox.posts.post_documents import build_document
from outbox.posts.quote_requests import notify_author, process_refused_quote
from outbox.traffic.send import Recipients, send


async def grant(conn: Connection, site: Site, asker: Actor, quoted: Post, request: QuoteRequest) -> Quote:
    """Yes: the stamp stands at an address of ours, whoever asked has it, the author is told. Again says the same."""
    author = await actors.get(conn, quoted.author_id)
    quote = await quotes.grant(
        conn,
        quoting_uri=id_of_instrument(request),
        actor_id=asker.id,
        quoted=quoted,
        request_uri=request.id,
        stamp_uri=stamp_uri(site, author.username),
    )
    accept = build_accept_of_quote(site, author, request, quote)
    await send(conn, author, accept, Recipients(named_ids=(asker.id,)), about=request.id)
    await notify_author(conn, quote, author)
    return quote


async def refuse(conn: Connection, site: Site, asker: Actor, quoted: Post, request: QuoteRequest) -> None:
    """No."""
    author = await actors.get(conn, quoted.author_id)
    reject = build_reject_of_quote(site, author, request)
    await send(conn, author, reject, Recipients(named_ids=(asker.id,)), about=request.id)


def id_of_instrument(request: QuoteRequest) -> str:
    """The post that quotes, by its id."""
    return request.instrument if isinstance(request.instrument, str) else id_of(request.instrument)


async def revoke(conn: Connection, site: Site, author: Actor, quoted: Post, quoting_id: int) -> Quote:
    """The author takes her yes back: the stamp is gone, and whoever may hold it is told. Raises NotFound."""
    await accounts.lock_account(conn, author.id)
    quote = await quotes.find_by_quoting(conn, quoting_id)
    if quoted.author_id != author.id or quote is None or quote.quoted_id != quoted.id:
        raise NotFound
    if quote.state == "accepted":
        await _take_back(conn, site, author, quote)
    return await quotes.find(conn, quote.id) or quote


async def _take_back(conn: Connection, site: Site, author: Actor, quote: Quote) -> None:
    await process_refused_quote(conn, site, quote)
    if quote.stamp_uri is None:
        return
    recipients = Recipients(named_ids=(quote.quoting_actor_id,), followed_ids=(author.id,))
    await send(conn, author, build_revocation(site, author, quote.stamp_uri), recipients, about=quote.stamp_uri)


async def end_between(conn: Connection, site: Site, actor: Actor, target: Actor) -> None:
    """Who is blocked quotes what the actor wrote no longer."""
    for quote in await quotes.list_accepted_between(conn, actor.id, target.id):
        await _take_back(conn, site, actor, quote)


async def change_policy(conn: Connection, site: Site, author: Actor, post: Post, policy: QuotePolicy) -> None:
    """Who may quote this post from now on, told to whoever holds it; what was granted stands. Raises NotFound."""
    if post.author_id != author.id or post.deleted_at is not None:
        raise NotFound
    await accounts.lock_account(conn, author.id)
    await quote_policies.save_policy(conn, post.id, policy)
    if post.audience in posts.PUBLIC:
        update = build_update(site, author, await build_document(conn, site, author, post))
        recipients = Recipients(followed_ids=(author.id,), holders_of=post.uri, but_markets=True)
        await send(conn, author, update, recipients, about=post.uri)
