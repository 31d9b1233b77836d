"""Hashtags: what is known of one, those that the reader follows, and those that people show on their profiles."""

from aiohttp import web

from federation.texts.hashtags import PATTERN, fold
from models.errors import Invalid, NotFound
from models.posts import hashtags
from models.relations import featured_tags, followed_tags
from models.store.database import Connection, connection, transaction
from web.api.auth import reader, reader_id
from web.api.entities.tags import build_featured_tag, load_tags
from web.api.entities.values import Json
from web.api.json_responses import answer_json
from web.api.mastodon.people.accounts import get_account
from web.api.pagination import link_header, read_page
from web.api.parameters import read_id, read_parameters
from web.http.app_keys import INSTANCE

MOST = 200
MOST_TRENDS = 20


async def show_tag(request: web.Request) -> web.Response:
    """GET /api/v1/tags/:tag: its uses on each of the last seven days, today first."""
    async with connection(request.app[INSTANCE].pool) as conn:
        return answer_json(request, await _load_tag(conn, request))


async def post_follow(request: web.Request) -> web.Response:
    """POST /api/v1/tags/:tag/follow: public posts with it come home. A tag that nobody used yet may be followed."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        tag, name = await _read_tag(conn, request)
        await followed_tags.save(conn, actor_id=reader(request).id, tag=tag, name=name)
        return answer_json(request, await _load_tag(conn, request))


async def post_unfollow(request: web.Request) -> web.Response:
    """POST /api/v1/tags/:tag/unfollow."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        tag, _ = await _read_tag(conn, request)
        await followed_tags.remove(conn, actor_id=reader(request).id, tag=tag)
        return answer_json(request, await _load_tag(conn, request))


async def post_feature(request: web.Request) -> web.Response:
    """POST /api/v1/tags/:tag/feature: on the reader's profile; again changes nothing. Raises Invalid for too many."""
    me = reader(request).id
    async with transaction(request.app[INSTANCE].pool) as conn:
        tag, name = await _read_tag(conn, request)
        if not await featured_tags.filter_featured(conn, me, [tag]):
            await featured_tags.save(conn, actor_id=me, tag=tag, name=name)
        return answer_json(request, await _load_tag(conn, request))


async def post_unfeature(request: web.Request) -> web.Response:
    """POST /api/v1/tags/:tag/unfeature."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        tag, _ = await _read_tag(conn, request)
        await featured_tags.remove_tag(conn, actor_id=reader(request).id, tag=tag)
        return answer_json(request, await _load_tag(conn, request))


async def list_followed(request: web.Request) -> web.Response:
    """GET /api/v1/followed_tags: Tags, the last followed first; the Link ids are of the followings."""
    page = read_page(await read_parameters(request), default=100, most=MOST)
    instance, me = request.app[INSTANCE], reader(request).id
    async with connection(instance.pool) as conn:
        found = await followed_tags.list_followed(
            conn, me, before=page.before, after=page.floor or None, limit=page.limit
        )
        value = await load_tags(conn, instance.site, [(one.tag, one.name) for one in found], me)
    return answer_json(request, value, headers=link_header(request, [one.id for one in found]))


async def list_featured(request: web.Request) -> web.Response:
    """GET /api/v1/featured_tags: those on the reader's own profile."""
    instance, me = request.app[INSTANCE], reader(request)
    async with connection(instance.pool) as conn:
        found = await featured_tags.list_featured(conn, me.id)
    return answer_json(request, [build_featured_tag(instance.site, one) for one in found])


async def list_featured_of_account(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/:id/featured_tags: those on somebody's profile; of people elsewhere we know none."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        found = await featured_tags.list_featured(conn, (await get_account(conn, request)).id)
    return answer_json(request, [build_featured_tag(instance.site, one) for one in found])


async def post_featured(request: web.Request) -> web.Response:
    """POST /api/v1/featured_tags: `name`, with or without its #."""
    instance, name = request.app[INSTANCE], (await read_parameters(request)).text("name").strip().lstrip("#")
    if not PATTERN.fullmatch(f"#{name}"):
        raise Invalid("hashtag_invalid", field="name")
    async with transaction(instance.pool) as conn:
        made = await featured_tags.save(conn, actor_id=reader(request).id, tag=fold(name), name=name)
    return answer_json(request, build_featured_tag(instance.site, made))


async def delete_featured(request: web.Request) -> web.Response:
    """DELETE /api/v1/featured_tags/:id."""
    id = read_id(request.match_info["id"])
    async with transaction(request.app[INSTANCE].pool) as conn:
        await featured_tags.remove(conn, actor_id=reader(request).id, id=id)
    return answer_json(request, {})


async def list_suggested(request: web.Request) -> web.Response:
    """GET /api/v1/featured_tags/suggestions: Tags that the reader used most and does not show yet."""
    instance, me = request.app[INSTANCE], reader(request).id
    async with connection(instance.pool) as conn:
        found = await featured_tags.list_suggestions(conn, me)
        return answer_json(request, await load_tags(conn, instance.site, found, me))


async def list_trends(request: web.Request) -> web.Response:
    """GET /api/v1/trends/tags (once /api/v1/trends): Tags that most people used in the last seven days."""
    parameters = await read_parameters(request)
    offset = parameters.whole("offset", 0, most=10_000)
    limit = parameters.whole("limit", 10, least=1, most=MOST_TRENDS)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await hashtags.list_most_used(conn, offset=offset, limit=limit)
        return answer_json(request, await load_tags(conn, request.app[INSTANCE].site, found, reader_id(request)))


async def _read_tag(conn: Connection, request: web.Request) -> tuple[str, str]:
    """The hashtag in the address, folded and as people write it. Raises NotFound for what can be none."""
    written = request.match_info["tag"].strip().lstrip("#")
    if not PATTERN.fullmatch(f"#{written}"):
        raise NotFound
    tag = fold(written)
    return tag, await hashtags.find_name(conn, tag) or written


async def _load_tag(conn: Connection, request: web.Request) -> Json:
    found = await _read_tag(conn, request)
    [value] = await load_tags(conn, request.app[INSTANCE].site, [found], reader_id(request))
    return value
