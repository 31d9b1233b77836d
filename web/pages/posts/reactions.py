"""Liking, passing on and keeping, from the page of a listing or a note; the same button takes it back."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from aiohttp import web

from models import posts
from models.errors import NotFound
from models.listings import listings
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.relations import bookmarks
from models.settings import Site
from models.store.database import Connection, transaction
from outbox.relations import reactions as outbox
from outbox.traffic import resend
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.rendering.paths import listing_path, note_path
from web.security.session import reader_of, require_account, require_login

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

KEEPING = {"keep": bookmarks.save, "unkeep": bookmarks.remove}
"""What somebody does for herself alone: whoever waits to be let in may too."""


async def post_reaction(request: web.Request) -> web.Response:
    """POST /reactions/ID. Raises NotFound for what the member may not see, Forbidden for passing on what is private."""
    form = await read_form(request)
    act = form.typed("act")
    if act not in VERBS and act not in KEEPING:
        raise web.HTTPUnprocessableEntity
    account = require_login(request) if act in KEEPING else require_account(request)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        post = await posts.find_visible(conn, read_id(request.match_info["id"]), reader_of(request))
        if post is None:
            raise NotFound
        if act in KEEPING:
            await KEEPING[act](conn, actor_id=account.actor_id, post_id=post.id)
        else:
            await VERBS[act](conn, instance.site, await actors.get(conn, account.actor_id), post)
        listing = await listings.find_by_post(conn, post.id) if post.kind == "listing" else None
    path = listing_path(instance.site, listing) if listing else note_path(instance.site, post)
    raise web.HTTPSeeOther(f"{path}#reactions")
