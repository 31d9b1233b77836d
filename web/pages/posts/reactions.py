"""Liking and passing on, from the page of a listing or a note; the same button takes it back."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from aiohttp import web

from models import posts
from models.errors import NotFound
from models.listings import listings
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from models.store.database import Connection, transaction
from outbox.relations import reactions as outbox
from outbox.traffic import resend
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.rendering.paths import listing_path, note_path
from web.security.session import require_account

Verb = Callable[[Connection, Site, Actor, Post], Awaitable[object]]


async def send_again(conn: Connection, site: Site, actor: Actor, post: Post) -> int:
    """What the actor liked, passed on or took back is sent again where it did not arrive."""
    return await resend.send_reactions(conn, actor, post, at=datetime.now(UTC))


VERBS: Mapping[str, Verb] = {
    "like": outbox.favourite,
    "unlike": outbox.unfavourite,
    "share": outbox.share,
    "unshare": outbox.unshare,
    "send_again": send_again,
}
"""The word in the form, and what it does."""


async def post_reaction(request: web.Request) -> web.Response:
    """POST /reactions/ID. Raises NotFound for what the member may not see, Forbidden for passing on what is private."""
    account = require_account(request)
    form = await read_form(request)
    verb = VERBS.get(form.typed("act"))
    if verb is None:
        raise web.HTTPUnprocessableEntity
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        post = await posts.find_visible(conn, read_id(request.match_info["id"]), account.actor_id)
        if post is None:
            raise NotFound
        await verb(conn, instance.site, await actors.get(conn, account.actor_id), post)
        listing = await listings.find_by_post(conn, post.id) if post.kind == "listing" else None
    path = listing_path(instance.site, listing) if listing else note_path(instance.site, post)
    raise web.HTTPSeeOther(f"{path}#reactions")
