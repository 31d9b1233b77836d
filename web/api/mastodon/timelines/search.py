"""Search across people, posts and hashtags; with `resolve`, also what this server has never seen."""

from dataclasses import dataclass

from aiohttp import web

from federation.discovery.webfinger import read_handle
from federation.texts.hashtags import fold
from federation.uris import is_uri
from models import posts, searches
from models.people.actors import Actor
from models.posts import Post, hashtags
from models.searches import NetworkFilter
from models.store.database import Connection, connection
from web.api.auth import reader_id
from web.api.entities.accounts import is_shown, load_accounts_by_id
from web.api.entities.statuses import load_posts
from web.api.entities.tags import load_tags
from web.api.entities.values import Json, read_look
from web.api.json_responses import answer_json
from web.api.mastodon.people.accounts import find_accounts, keep_followed, leave_out_barred
from web.api.mastodon.people.lookup import resolve
from web.api.parameters import Parameters, read_parameters
from web.http.app_keys import INSTANCE

MOST = 40

LONGEST = 2000

TYPES = ("accounts", "statuses", "hashtags")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """What is searched for. `types` are those that the client wants; all three lists are always answered."""

    text: str
    types: tuple[str, ...]
    limit: int
    offset: int
    following: bool

    @property
    def is_address(self) -> bool:
        """Whether this is the address of one thing, rather than words."""
        return is_uri(self.text) or (self.text.startswith("@") and read_handle(self.text) is not None)


async def search(request: web.Request) -> web.Response:
    """GET /api/v2/search: `q`, `type`, `resolve` (signed in only), `limit`, `offset`, `following`."""
    parameters = await read_parameters(request)
    instance, me, wish = request.app[INSTANCE], reader_id(request), read_search_request(parameters)
    resolved: Actor | Post | None = None
    if me is not None and parameters.flag("resolve") and wish.text and not wish.offset:
        resolved = await resolve(instance, wish.text)
    value: Json = {name: [] for name in TYPES}
    if wish.text:
        async with connection(instance.pool) as conn:
            if "accounts" in wish.types:
                value["accounts"] = await _search_accounts(conn, request, wish, resolved)
            if "statuses" in wish.types:
                value["statuses"] = await _search_statuses(conn, request, wish, resolved)
            if "hashtags" in wish.types:
                value["hashtags"] = await _search_hashtags(conn, request, wish)
    return answer_json(request, value)


def read_search_request(parameters: Parameters) -> SearchRequest:
    """What the client wants."""
    wanted = parameters.text("type").strip()
    return SearchRequest(
        text=parameters.text("q").strip()[:LONGEST],
        types=(wanted,) if wanted in TYPES else TYPES,
        limit=parameters.whole("limit", 20, least=1, most=MOST),
        offset=parameters.whole("offset", 0, most=1000),
        following=parameters.flag("following"),
    )


async def _search_accounts(
    conn: Connection, request: web.Request, wish: SearchRequest, resolved: Actor | Post | None
) -> list[Json]:
    site = request.app[INSTANCE].site
    found = [resolved] if isinstance(resolved, Actor) and is_shown(resolved) else []
    if not is_uri(wish.text):
        known = {actor.id for actor in found}
        similar = await find_accounts(conn, site, wish.text, limit=wish.limit, offset=wish.offset)
        found += [actor for actor in similar if actor.id not in known]
    me = reader_id(request)
    if me is not None:
        found = await leave_out_barred(conn, me, found, wish.text)
        if wish.following:
            found = await keep_followed(conn, me, found)
    return await load_accounts_by_id(conn, read_look(request), [actor.id for actor in found[: wish.limit]])


async def _search_statuses(
    conn: Connection, request: web.Request, wish: SearchRequest, resolved: Actor | Post | None
) -> list[Json]:
    """The post at the address, or open listings that hold the words."""
    me = reader_id(request)
    if wish.is_address:
        known = resolved if isinstance(resolved, Post) else await _find_known(conn, wish.text)
        ids = [known.id] if known is not None else []
    else:
        filter = NetworkFilter(text=wish.text, reader_local=me is not None, reader_id=me)
        found = await searches.list_network(conn, filter, limit=wish.offset + wish.limit)
        ids = [one.id for one in found[wish.offset :]]
    visible = await posts.filter_visible(conn, ids, me)
    return await load_posts(conn, read_look(request), [id for id in ids if id in visible], me)


async def _find_known(conn: Connection, address: str) -> Post | None:
    return await posts.find_by_uri(conn, address) or await posts.find_by_url(conn, address)


async def _search_hashtags(conn: Connection, request: web.Request, wish: SearchRequest) -> list[Json]:
    beginning = "" if wish.is_address or " " in wish.text.strip() else fold(wish.text)
    if not beginning:
        return []
    found = await hashtags.list_beginning(conn, beginning, limit=wish.limit + wish.offset)
    return await load_tags(conn, request.app[INSTANCE].site, found[wish.offset :], reader_id(request))
