"""Lists of posts that are not the network page: a member's feed with her news, and a hashtag."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from markupsafe import Markup

from models import actors, listings, notifications, posts, timelines
from models.database import Connection, connection, transaction
from models.listings import Listing
from models.notifications import Notification, NotificationPage
from models.places import fold_name
from models.posts import Post
from models.settings import Site
from models.timelines import Entry, Page, PostFilter
from web.keys import INSTANCE
from web.pages.lines import PAGE, list_lines
from web.paths import listing_path, note_path, profile_path
from web.render import render
from web.session import current_account, require_account

NEWS = 10
HIGHEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that somebody did for the member: who, what, to which post."""

    type: str
    who: str
    who_href: str
    href: str
    what: str
    at: datetime
    unread: bool


async def show_feed(request: web.Request) -> web.Response:
    """GET /fil: what those she follows published, under what concerns her."""
    instance, account = request.app[INSTANCE], require_account(request)
    async with connection(instance.pool) as conn:
        entries = await timelines.list_home(conn, account.actor_id, read_page(request))
        lines = await list_lines(conn, instance.site, entries)
        news = await list_news(conn, instance.site, account.actor_id)
    if any(one.unread for one in news):
        async with transaction(instance.pool) as conn:
            await notifications.mark_read(conn, account.actor_id)
    return await render(request, "feeds/home.html", lines=lines, last=last_of(entries), news=news)


async def show_tag(request: web.Request) -> web.Response:
    """GET /tags/NAME: public posts that carry the tag, from here and elsewhere."""
    instance, account = request.app[INSTANCE], current_account(request)
    name = request.match_info["name"][:100]
    tag = fold_name(name).replace(" ", "")
    async with connection(instance.pool) as conn:
        entries = await timelines.list_public(
            conn, account.actor_id if account else None, PostFilter(any_tags=(tag,)), read_page(request)
        )
        lines = await list_lines(conn, instance.site, entries)
    return await render(request, "feeds/tag.html", name=name, lines=lines, last=last_of(entries))


async def list_news(conn: Connection, site: Site, reader_id: int) -> list[News]:
    """The latest notifications, with where they lead: an answer under a listing leads there.

    Of people who are gone, and of posts that are not to be seen any more, there is no news.
    """
    rows = await notifications.list_notifications(conn, reader_id, NotificationPage(limit=NEWS))
    told = await actors.list_by_ids(conn, [row.actor_id for row in rows])
    people = {actor.id: actor for actor in told if actor.deleted_at is None and actor.suspended_at is None}
    visible = await posts.filter_visible(conn, [row.post_id for row in rows if row.post_id], reader_id)
    found = {post.id: post for post in await posts.list_by_ids(conn, sorted(visible))}
    rows = [row for row in rows if row.actor_id in people and (row.post_id is None or row.post_id in found)]
    roots = await listings.list_by_posts(conn, [post.root_id or post.id for post in found.values()])
    return [
        News(
            type=row.type,
            who=people[row.actor_id].display_name,
            who_href=profile_path(people[row.actor_id]),
            href=_where(site, row, found.get(row.post_id or 0), roots) or profile_path(people[row.actor_id]),
            what=_what(found.get(row.post_id or 0), roots),
            at=row.created_at,
            unread=row.read_at is None,
        )
        for row in rows
    ]


def _where(site: Site, row: Notification, post: Post | None, roots: dict[int, Listing]) -> str:
    if row.type == "follow_request":
        return "/abonnements"
    if post is None:
        return ""
    root = roots.get(post.root_id or post.id)
    if root is None or root.post.deleted_at is not None:
        return note_path(site, post)
    return listing_path(site, root) if root.id == post.id else f"{listing_path(site, root)}#r{post.id}"


def _what(post: Post | None, roots: dict[int, Listing]) -> str:
    """The listing's title, else how the note begins."""
    if post is None:
        return ""
    root = roots.get(post.root_id or post.id)
    return root.details.title if root else Markup(post.content).striptags()[:80]  # noqa: S704 - only its text


def read_page(request: web.Request) -> Page:
    """Which part of the timeline the address asks for."""
    before = request.query.get("avant", "")
    return Page(before=min(int(before), HIGHEST_ID) if before.isdecimal() and len(before) < 20 else None, limit=PAGE)


def last_of(entries: list[Entry]) -> int | None:
    """Where the next page begins, None where this one was the last."""
    return entries[-1].id if len(entries) == PAGE else None
