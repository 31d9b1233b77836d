"""The page of an ordinary post: what it answers, itself, and what was answered."""

from functools import partial

from aiohttp import web

from federation.uris import note_uri
from models import posts
from models.errors import NotFound
from models.listings import listings
from models.moderation import held_posts, sanctions
from models.posts import PUBLIC, Post, notes
from models.store.database import Connection, connection
from models.timelines import TimelineEntry
from web.forms.form import Form, blank_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.comments import list_comments
from web.pages.components.flash_messages import find_flash_message
from web.pages.components.quotes import count_quotes
from web.pages.components.timeline_entries import list_timeline_entries
from web.pages.traffic.delivery_status import find_own_delivery, find_reaction_delivery
from web.pages.traffic.failure_causes import explain_stop
from web.rendering.alternate_links import name_document
from web.rendering.open_graph import shorten
from web.rendering.paths import listing_path, note_path
from web.rendering.render import N_, count_unread, find_branding, render, say
from web.security.session import reader_of

SAID = {
    "vote": N_("Votre vote est parti."),
    "counted": N_("Votre vote est compté."),
    "choice": N_("Choisissez parmi les réponses du sondage."),
}


async def show_local(request: web.Request) -> web.Response:
    """GET /@NAME/UUID. Raises Gone for what was deleted, NotFound for what the reader may not see."""
    instance = request.app[INSTANCE]
    uri = note_uri(instance.site, request.match_info["username"], request.match_info["uuid"])
    async with connection(instance.pool) as conn:
        post = await posts.find_by_uri(conn, uri)
    if post is None:
        raise NotFound
    posts.require_standing(post, reader_of(request))
    return name_document(await show_note(request, post), uri)


async def show_by_id(request: web.Request) -> web.Response:
    """GET /notes/ID: a copy; ours has its own address, and a listing its own page."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        post = await get_note(conn, request)
        listing = await listings.find_by_post(conn, post.id) if post.kind == "listing" else None
    if listing is not None:
        raise web.HTTPSeeOther(listing_path(instance.site, listing))
    if post.local:
        raise web.HTTPSeeOther(note_path(instance.site, post))
    return await show_note(request, post)


async def get_note(conn: Connection, request: web.Request) -> Post:
    """The living post that the address names by its id, if the reader may see it. Raises NotFound and Gone."""
    id = read_id(request.match_info["id"])
    post = await posts.find_visible(conn, id, reader_of(request))
    if post is None:
        left = await posts.find_tombstone(conn, id)
        if left is not None:
            posts.require_standing(left, reader_of(request))
        raise NotFound
    return post


async def show_note(request: web.Request, post: Post, *, form: Form | None = None) -> web.Response:
    """The page; with `form` as it came back with something wrong. Raises NotFound where the reader may not see it."""
    instance, reader_id = request.app[INSTANCE], reader_of(request)
    async with connection(instance.pool) as conn:
        shown = [*await notes.list_ancestors(conn, post.id), post.id]
        visible = await posts.filter_visible(conn, shown, reader_id)
        if post.id not in visible:
            raise NotFound
        entries = [TimelineEntry(id=id, post_id=id, shared_by=None) for id in shown if id in visible]
        lines = await list_timeline_entries(conn, instance.site, entries, reader_id, with_own_messages=True)
        remarks = await list_comments(conn, instance.site, post.id, reader_id)
        counts = await posts.count(conn, [post.id], reader_id)
        citing = await count_quotes(conn, post, reader_id)
        delivery = await find_own_delivery(conn, post, reader_id)
        hiding = await sanctions.find_hiding(conn, post.id)
        reaction_deliveries = await find_reaction_delivery(conn, reader_id, post.uri)
        held = (await held_posts.map_own(conn, reader_id, [post.id])).get(post.id)
        await find_branding(request, conn)
        await count_unread(request, conn)
    wanted = form.typed("reply_to") if form else request.query.get("a", "")
    return await render(
        request,
        "notes/show.html",
        status=422 if form else 200,
        said=find_flash_message(request, SAID),
        above=lines[:-1],
        line=lines[-1],
        post=post,
        summary=post.warning or shorten(post.content),
        own=post.author_id == reader_id,
        delivery=delivery,
        held=held,
        hiding=hiding,
        reaction_deliveries=reaction_deliveries,
        explain_stop=partial(explain_stop, partial(say, request)),
        counts=counts[post.id],
        may_share=post.audience in PUBLIC,
        citing=citing,
        remarks=remarks,
        answered=next((one for one in remarks if str(one.id) == wanted), None),
        form=form or blank_form(request),
    )
