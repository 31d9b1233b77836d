"""Stamps of quotes at their addresses: whoever is quoted agrees (FEP-044f)."""

from aiohttp import web

from federation.serialize import serialize
from models import posts, quotes
from models.actors import Actor
from models.database import Connection, connection
from models.errors import NotFound
from models.quotes import Quote
from outbox.builders.quotes import build_stamp
from web.activitypub.access import get_published, read_known_reader
from web.activitypub.negotiation import answer_activity
from web.keys import INSTANCE

FORMER_TYPE = "QuoteAuthorization"

CACHED_SECONDS = 60


async def show_stamp(request: web.Request) -> web.Response:
    """The stamp while it holds. Revoked, of a post that is no longer public, or never there: 404 all the same."""
    instance = request.app[INSTANCE]
    await read_known_reader(request)
    async with connection(instance.pool) as conn:
        author = await get_published(conn, request, FORMER_TYPE)
        granted = await _find_granted(conn, author, f"{instance.site.url}{request.path}")
    return answer_activity(request, serialize(build_stamp(author, granted)), seconds=CACHED_SECONDS)


async def _find_granted(conn: Connection, author: Actor, uri: str) -> Quote:
    """The quote that this author granted by this stamp; others may name it too. Raises NotFound."""
    named = [quote for quote in await quotes.list_by_stamp(conn, uri) if quote.state == "accepted"]
    for quote in named:
        quoted = await posts.list_by_ids(conn, [quote.quoted_id]) if quote.quoted_id is not None else []
        if quoted and quoted[0].author_id == author.id and quoted[0].audience in posts.PUBLIC:
            return quote
    raise NotFound
