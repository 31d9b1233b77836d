"""Whether others may quote what they quote: whoever is quoted says so in a stamp, which is fetched (FEP-044f).

A quote that nobody agreed to is shown as the link that it is, and asked about again when its post comes anew.
"""

from federation.discovery.fetches import fetch_object
from federation.errors import Cause, FederationError, FetchFailed
from federation.instance import Instance
from federation.uris import host_of, is_local, same_origin
from federation.vocabulary.quotes import QuoteAuthorization
from inbox.posts.lookup import fetch_post
from models import posts
from models.errors import DeclicError
from models.limits import TOLD_FETCHES
from models.people import actors
from models.people.actors import Actor
from models.posts import PUBLIC, Post
from models.posts.quotes import quotes
from models.posts.quotes.quotes import Quote, QuoteState
from models.store.database import connection, transaction


async def verify_quote(instance: Instance, payload: dict[str, int]) -> None:
    """The job: fetch what is quoted and the stamp, and settle what they say. May run twice.

    Raises FetchFailed where either cannot be had for now.
    """
    quote = await _find_unsettled(instance, payload["id"])
    quoted = None if quote is None else await _find_quoted(instance, quote)
    if quote is None or quoted is None or quoted.audience not in PUBLIC:
        return
    async with connection(instance.pool) as conn:
        author = await actors.get(conn, quoted.author_id)
    state = await _judge(instance, quote, quoted, author)
    async with transaction(instance.pool) as conn:
        if state is not None:
            await quotes.settle(conn, quote.id, state)


async def _find_unsettled(instance: Instance, id: int) -> Quote | None:
    """The quote in a post from elsewhere, while nothing is settled about it."""
    async with connection(instance.pool) as conn:
        quote = await quotes.find(conn, id)
        quoting = None if quote is None else await posts.find_by_uri(conn, quote.quoting_uri)
    if quote is None or quoting is None or quoting.local:
        return None
    return quote if quote.state == "pending" else None


async def _find_quoted(instance: Instance, quote: Quote) -> Post | None:
    async with connection(instance.pool) as conn:
        held = await posts.find_by_uri(conn, quote.quoted_uri)
    if held is not None:
        return held if held.deleted_at is None else None
    if is_local(instance.site, quote.quoted_uri):
        return None
    if not instance.counter.spend(TOLD_FETCHES, host_of(quote.quoted_uri)):
        raise FetchFailed(Cause.TOO_MANY_FETCHES, host_of(quote.quoted_uri), retry=True, retry_after=60)
    try:
        found = await fetch_post(instance, quote.quoted_uri, quoted=True)
    except DeclicError as error:
        if error.retry:
            raise
        return None
    return found if found.uri == quote.quoted_uri else None


async def _judge(instance: Instance, quote: Quote, quoted: Post, author: Actor) -> QuoteState | None:
    """None where nothing is said yet. One's own words need nobody's yes; ours are granted by `outbox/posts/quotes`
    alone.
    """
    if author.id == quote.quoting_actor_id:
        return "accepted"
    if author.local or quote.stamp_uri is None:
        return None
    if not same_origin(quote.stamp_uri, author.uri):
        return "rejected"
    try:
        stamp = await fetch_object(instance, quote.stamp_uri)
    except FederationError as error:
        if error.retry:
            raise
        return "rejected"
    return "accepted" if _grants(stamp, quote, quoted, author) else "rejected"


def _grants(stamp: object, quote: Quote, quoted: Post, author: Actor) -> bool:
    """Whether this is the stamp of that author, for that post, in that other one."""
    return isinstance(stamp, QuoteAuthorization) and (stamp.attributed_to, stamp.quoting, stamp.target) == (
        author.uri,
        quote.quoting_uri,
        quoted.uri,
    )
