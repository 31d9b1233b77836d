"""What somebody reports: found by its address here, with what stands around it where it is a message of a talk."""

from dataclasses import dataclass, replace

from aiohttp import web

from federation.texts.html_cleaner import to_text
from models import posts
from models.communities import communities
from models.coop import opening
from models.errors import NotFound
from models.exchanges import exchange_messages, exchanges
from models.listings import listings
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.people import Person, is_reportable, person_of
from web.pages.moderation.reporting.report_address import LONGEST, is_ours
from web.rendering.open_graph import shorten
from web.rendering.paths import exchange_path, profile_path
from web.security.session import current_account

AROUND = 3
"""So many messages before and after the reported one can be joined to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A message before or after the reported one, that can be joined to it."""

    id: int
    by: str
    own: bool
    text: str
    later: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What is reported: somebody, or one of their posts, or (without `actor`) a page of ours that nobody wrote.

    `href` is where it stands here, `community` the one inside which it stays, where that lives here.
    """

    person: Person | None
    actor: Actor | None
    post_id: int | None
    title: str
    extract: str
    href: str
    community: str = ""
    around: tuple[Neighbour, ...] = ()

    @property
    def name(self) -> str:
        """What the page calls it."""
        return self.title or (self.person.name if self.person else self.href)

    @property
    def is_message(self) -> bool:
        """Whether it is words of somebody without a title."""
        return self.post_id is not None and not self.title


async def find_reported(request: web.Request) -> Reported:
    """What the address names, if the reader may see it. Raises NotFound, also for her own."""
    account = current_account(request)
    reader_id = account.actor_id if account else None
    if request.match_info["what"] == "page":
        return _about_page(request)
    id = read_id(request.match_info["id"])
    async with connection(request.app[INSTANCE].pool) as conn:
        if request.match_info["what"] == "compte":
            actor = next(iter(await actors.list_by_ids(conn, [id])), None)
            if actor is not None and actor.guest and not await _has_written(conn, actor, reader_id):
                raise NotFound
            return await _veil(conn, _about_actor(actor, reader_id), account)
        post = await posts.find_visible(conn, id, reader_id)
        if post is None or post.kind == "notice":
            raise NotFound
        return await _veil(conn, await _about_post(conn, post, reader_id), account)


async def _veil(conn: Connection, found: Reported, account: Account | None) -> Reported:
    """Of a site that is closed a visitor may report what she knows the address of, and reads nothing of it."""
    if account is not None or not await opening.is_closed(conn):
        return found
    return replace(found, title=found.href, extract="", person=None)


async def _about_post(conn: Connection, post: Post, reader_id: int | None) -> Reported:
    listing = await listings.find_by_post(conn, post.id) if post.kind == "listing" else None
    author = await actors.get(conn, post.author_id)
    if not is_reportable(author, reader_id) or author.gone:
        raise NotFound
    thread_id = await exchange_messages.find_exchange_of(conn, post.id)
    return Reported(
        person=person_of(author),
        actor=author,
        post_id=post.id,
        title=listing.details.title if listing else "",
        extract=post.warning or shorten(listing.details.description if listing else post.content),
        href=f"{exchange_path(thread_id)}#r{post.id}" if thread_id else f"/notes/{post.id}",
        community=await _name_community(conn, post),
        around=await _list_around(conn, post, reader_id) if thread_id else (),
    )


async def _name_community(conn: Connection, post: Post) -> str:
    community = await communities.find(conn, post.community_id) if post.community_id else None
    return community.name if community is not None and community.local else ""


async def _list_around(conn: Connection, post: Post, reader_id: int | None) -> tuple[Neighbour, ...]:
    near = await exchange_messages.list_around(conn, post.id, each=AROUND)
    visible = await posts.filter_visible(conn, near, reader_id)
    found = await posts.map_by_ids(conn, visible)
    writers = await actors.map_by_ids(conn, sorted({one.author_id for one in found.values()}))
    return tuple(
        Neighbour(
            id=one.id,
            by=writers[one.author_id].display_name,
            own=one.author_id == reader_id,
            text=shorten(one.content),
            later=one.id > post.id,
        )
        for one in (found[id] for id in near if id in found)
    )


async def _has_written(conn: Connection, guest: Actor, reader_id: int | None) -> bool:
    """Whether somebody without any account talks with the reader: nobody else knows of her."""
    return reader_id is not None and await exchanges.are_in_one(conn, reader_id, guest.id)


def _about_actor(actor: Actor | None, reader_id: int | None) -> Reported:
    if actor is None or actor.gone or not is_reportable(actor, reader_id):
        raise NotFound
    return Reported(
        person=person_of(actor),
        actor=actor,
        post_id=None,
        title="",
        extract=to_text(actor.summary)[:200],
        href="/echanges" if actor.guest else profile_path(actor),
    )


def _about_page(request: web.Request) -> Reported:
    address = request.query.get("adresse", "")[:LONGEST]
    if not is_ours(request.app[INSTANCE].site, address):
        raise NotFound
    return Reported(person=None, actor=None, post_id=None, title="", extract="", href=address)
