"""Lists of posts that are not the network page: a member's feed with her news, and a hashtag."""

from functools import partial

from aiohttp import web

from models import posts, timelines
from models.ids import HIGHEST_ID
from models.places.places import fold_name
from models.store.database import connection
from models.timelines import Page, PostFilter, TimelineEntry
from web.http.app_keys import INSTANCE
from web.news.items import list_latest
from web.pages.components.timeline_entries import PAGE, list_timeline_entries
from web.rendering.render import render, say
from web.security.session import current_account, reader_of, require_account, require_login

NEWS = 6
"""What is new stands beside the feed in so many lines; the rest has its own page."""


async def show_feed(request: web.Request) -> web.Response:
    """GET /fil: what those she follows published, beside what is new to her."""
    instance, account = request.app[INSTANCE], require_account(request)
    async with connection(instance.pool) as conn:
        entries = await timelines.list_home(conn, account.actor_id, read_page(request))
        lines = await list_timeline_entries(conn, instance.site, entries, account.actor_id)
        told = await list_latest(conn, instance.site, partial(say, request), account.actor_id, limit=NEWS)
    return await render(request, "feeds/home.html", lines=lines, last=last_of(entries), news=told)


async def show_kept(request: web.Request) -> web.Response:
    """GET /compte/gardees: what somebody keeps for herself, as far as she may see it still."""
    instance, account = request.app[INSTANCE], require_login(request)
    async with connection(instance.pool) as conn:
        kept = await timelines.list_bookmarked(conn, account.actor_id, read_page(request))
        visible = await posts.filter_visible(conn, [one.post_id for one in kept], reader_of(request))
        entries = [one for one in kept if one.post_id in visible]
        lines = await list_timeline_entries(conn, instance.site, entries, reader_of(request))
    return await render(request, "feeds/kept.html", lines=lines, last=last_of(kept))


async def show_tag(request: web.Request) -> web.Response:
    """GET /tags/NAME: public posts that carry the tag, from here and elsewhere."""
    instance, account = request.app[INSTANCE], current_account(request)
    name = request.match_info["name"][:100]
    tag = fold_name(name).replace(" ", "")
    async with connection(instance.pool) as conn:
        reader_id = account.actor_id if account else None
        entries = await timelines.list_public(conn, reader_id, PostFilter(any_tags=(tag,)), read_page(request))
        lines = await list_timeline_entries(conn, instance.site, entries, reader_id)
    return await render(request, "feeds/tag.html", name=name, lines=lines, last=last_of(entries))


def read_page(request: web.Request) -> Page:
    """Which part of the timeline the address asks for."""
    before = request.query.get("avant", "")
    return Page(before=min(int(before), HIGHEST_ID) if before.isdecimal() and len(before) < 20 else None, limit=PAGE)


def last_of(entries: list[TimelineEntry]) -> int | None:
    """Where the next page begins, None where this one was the last."""
    return entries[-1].id if len(entries) == PAGE else None
