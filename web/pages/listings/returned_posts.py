"""What stands again of a member's own after a restoration, since others had it as she had signed it."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from models import posts
from models.store.database import connection
from models.traffic import returned_posts
from web.http.app_keys import INSTANCE
from web.rendering.open_graph import shorten
from web.rendering.render import render
from web.security.session import require_account

MOST_SHOWN = 100

LONGEST = 90
"""Characters of what is shown of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAgain:
    """A post of hers that stands again."""

    href: str
    words: str
    published: datetime


async def show_returned(request: web.Request) -> web.Response:
    """GET /chez-moi/revenues."""
    instance, account = request.app[INSTANCE], require_account(request)
    async with connection(instance.pool) as conn:
        found = await returned_posts.list_restored(conn, account.actor_id, limit=MOST_SHOWN)
        held = await posts.list_by_uris(conn, found)
    return await render(
        request,
        "my_place/returned.html",
        again=[
            PostAgain(
                href=post.url.removeprefix(instance.site.url),
                words=shorten(post.content, LONGEST),
                published=post.published_at,
            )
            for post in sorted(held, key=lambda post: post.published_at, reverse=True)
        ],
    )
