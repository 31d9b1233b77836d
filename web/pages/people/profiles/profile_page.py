"""A profile: who it is, what it offers, and the button to follow."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web
from markupsafe import Markup

from federation.media.built_in_pictures import find_icon_url
from models import timelines
from models.communities import communities, farewells, waiting
from models.errors import Gone, NotFound
from models.exchanges import agreements
from models.people import actors
from models.people.accounts import Account
from models.people.actors import BUILT_IN, Actor
from models.people.team import authorities
from models.posts.media import media
from models.relations import relationships
from models.relations.relationships import Relationship
from models.repairs.shops import appearing
from models.settings import Site
from models.store.database import Connection, connection
from models.timelines import PostFilter
from outbox.builders.objects.summaries import build_summary
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message
from web.pages.components.listing_cards import CoopBadge, draw_pictures, find_coop_badge
from web.pages.components.opening_hours import PlaceView, find_opening_hours
from web.pages.components.people import MovedTo, Person, find_moved_to, find_return, initial_of
from web.pages.components.response_times import find_reply_time
from web.pages.components.timeline_entries import list_timeline_entries
from web.pages.people.profiles.endorsements import TAKEN_OFF, list_endorsed
from web.pages.people.profiles.thanks import DONE, ThanksLine, list_thanks
from web.pages.posts.feeds import last_of, read_page
from web.rendering.alternate_links import name_document
from web.rendering.open_graph import shorten
from web.rendering.paths import community_path, profile_path
from web.rendering.render import render
from web.security.session import current_account, require_account


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileView:
    """What a profile shows. `relation` is the reader's to this actor, None for herself and for strangers.

    `confirmed` counts exchanges that both sides confirm, as far as they are known here; `waiting` counts her
    communities in which something waits for her; `repairs` is whether it stands in the list of repair shops;
    `authority` whether it is the account of a local authority here.
    """

    id: int
    name: str
    initial: str
    handle: str
    path: str
    url: str
    uri: str
    type: str
    local: bool
    own: bool
    built_in: bool
    place: str
    summary: Markup
    fields: list[tuple[str, Markup]]
    icon: str
    plate: CoopBadge | None
    relation: Relationship | None
    moved: MovedTo | None
    back_on: datetime | None
    opening: PlaceView | None
    may_be_listed: bool
    short_summary: str
    habit: str
    confirmed: int
    thanks: list[ThanksLine]
    shown: list[Person]
    waiting: int
    repairs: bool
    authority: bool


async def show_profile(request: web.Request) -> web.Response:
    """GET /@NAME and /@NAME@HOST. Raises NotFound, Gone for an account of ours that was deleted."""
    instance, account = request.app[INSTANCE], current_account(request)
    async with connection(instance.pool) as conn:
        reader_id = account.actor_id if account else None
        await _redirect_to_community(conn, instance.site, request.match_info["handle"], reader_id)
        actor = await get_actor(conn, instance.site, request.match_info["handle"])
        entries = await timelines.list_by_author(conn, actor.id, reader_id, _filter(request), read_page(request))
        lines = await list_timeline_entries(conn, instance.site, entries, reader_id)
        view = await make_profile(conn, instance.site, actor, account)
    page = await render(
        request,
        "profiles/show.html",
        view=view,
        lines=lines,
        last=last_of(entries),
        with_replies="reponses" in request.query,
        said=find_flash_message(request, DONE | TAKEN_OFF),
    )
    return name_document(page, actor.uri) if actor.local else page


async def _redirect_to_community(conn: Connection, site: Site, handle: str, reader_id: int | None) -> None:
    """Lead whoever may know of a community from its handle, which news and other servers name, to its page."""
    username, _, host = handle.partition("@")
    host = "" if host.lower() == site.host else host.lower()
    try:
        found = await communities.get_by_handle(conn, username, host, reader_id)
    except NotFound:
        if reader_id is not None and await farewells.find(conn, username, host, reader_id) is not None:
            raise web.HTTPSeeOther(f"/communautes/{username}@{host}" if host else f"/communautes/{username}") from None
        return
    raise web.HTTPSeeOther(community_path(found))


async def show_me(request: web.Request) -> web.Response:
    """GET /moi: the member's own profile."""
    raise web.HTTPSeeOther(f"/@{require_account(request).username}")


def _filter(request: web.Request) -> PostFilter:
    return PostFilter(exclude_replies="reponses" not in request.query)


async def get_actor(conn: Connection, site: Site, handle: str) -> Actor:
    """The actor of `NAME` or `NAME@HOST`.

    Raises NotFound, which says of whom her own server suspended that it did; Gone for one of ours that was deleted.
    """
    username, _, host = handle.partition("@")
    if not host or host == site.host:
        actor = await actors.find_published(conn, username)
        if actor is not None and actor.deleted_at is not None:
            raise Gone
    else:
        actor = await actors.find_by_handle(conn, username, host.lower())
    if actor is None or actor.username == "instance":
        raise NotFound
    if actor.suspended_at is not None:
        if await actors.is_suspended_at_home(conn, actor.id):
            raise NotFound("account_suspended_at_home")
        raise NotFound
    return actor


async def make_profile(conn: Connection, site: Site, actor: Actor, account: Account | None) -> ProfileView:
    """Gather what the page shows of an actor."""
    reader_id = account.actor_id if account else None
    return ProfileView(
        id=actor.id,
        name=actor.display_name,
        initial=initial_of(actor.display_name),
        handle=actor.handle,
        path=profile_path(actor),
        url=actor.url,
        uri=actor.uri,
        type=actor.type,
        local=actor.local,
        own=reader_id == actor.id,
        built_in=actor.local and actor.username in BUILT_IN,
        place=actor.place_name or "",
        summary=Markup(build_summary(site, actor)),  # noqa: S704 - cleaned by federation/texts/html_cleaner when it was stored
        fields=[(row["name"], Markup(row["value"])) for row in actor.fields],  # noqa: S704 - cleaned likewise
        icon=await _find_icon(conn, site, actor),
        plate=None if actor.speaks_for_cooperative else await find_coop_badge(conn, actor),
        relation=await _find_relation(conn, actor, reader_id),
        moved=await find_moved_to(conn, actor),
        back_on=find_return(actor, datetime.now(UTC)),
        opening=find_opening_hours(actor),
        may_be_listed=actor.indexable and actor.local,
        short_summary=shorten(actor.summary),
        habit=await find_reply_time(conn, actor.id),
        confirmed=await agreements.count_confirmed(conn, actor.id),
        thanks=await list_thanks(conn, site, actor, reader_id),
        shown=await list_endorsed(conn, actor, reader_id),
        waiting=await waiting.count(conn, actor.id) if reader_id == actor.id else 0,
        repairs=actor.type == "Organization" and await appearing.find(conn, actor.id) is not None,
        authority=actor.type == "Organization" and await authorities.is_authority(conn, actor.id),
    )


async def _find_icon(conn: Connection, site: Site, actor: Actor) -> str:
    """The address of the actor's picture, or of the one that it has from the start; "" without any."""
    icons = await media.list_by_ids(conn, [actor.icon_media_id]) if actor.icon_media_id else {}
    pictures = draw_pictures(site, icons.values())
    return pictures[0].thumbnail_url if pictures else (find_icon_url(site, actor) or "").removeprefix(site.url)


async def _find_relation(conn: Connection, actor: Actor, reader_id: int | None) -> Relationship | None:
    if reader_id is None or reader_id == actor.id:
        return None
    found = await relationships.list_relationships(conn, reader_id, [actor.id])
    return found[0] if found else None
