"""Stamps of quotes at their addresses: whoever is quoted agrees (FEP-044f)."""

from aiohttp import web

from federation.documents.serialize import serialize
from models import posts
from models.errors import NotFound
from models.posts.quotes import quotes
from models.store.database import connection
from outbox.builders.objects.quotes import build_stamp
from web.activitypub.authorized_fetch import get_published, read_known_reader
from web.activitypub.negotiation import answer_activity
from web.http.app_keys import INSTANCE

FORMER_TYPE = "QuoteAuthorization"

CACHED_SECONDS = 60


async def show_quote_authorization(request: web.Request) -> web.Response:
    """The stamp while it holds. Revoked, of a post that is no longer public, or never there: 404 all the same."""
    instance = request.app[INSTANCE]
    await read_known_reader(request)
    async with connection(instance.pool) as conn:
        author = await get_published(conn, request, FORMER_TYPE)
        named = await quotes.list_by_stamp(conn, f"{instance.site.url}{request.path}")
        accepted = {one.quoted_id: one for one in named if one.state == "accepted" and one.quoted_id is not None}
        for quoted in await posts.list_by_ids(conn, list(accepted)):
            if quoted.author_id == author.id and quoted.audience in posts.PUBLIC:
                stamp = build_stamp(author, accepted[quoted.id])
                return answer_activity(request, serialize(stamp), seconds=CACHED_SECONDS)
    raise NotFound
