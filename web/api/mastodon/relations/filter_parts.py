"""What a filter looks for, one by one: its keywords, and single posts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from aiohttp import web

from models.errors import NotFound
from models.relations.blocking import filters
from models.relations.blocking.filters import FilteredPost, Keyword
from models.store.database import Connection, connection, transaction
from web.api.auth import reader
from web.api.entities.filters import build_filtered_post, build_keyword
from web.api.json_responses import answer_json
from web.api.mastodon.posts.statuses import get_by_id
from web.api.mastodon.relations.filters import get_own_filter, require_keyword
from web.api.parameters import read_id, read_parameters
from web.http.app_keys import INSTANCE

Part = TypeVar("Part", Keyword, FilteredPost)


async def list_keywords(request: web.Request) -> web.Response:
    """GET /api/v2/filters/:id/keywords."""
    async with connection(request.app[INSTANCE].pool) as conn:
        held = await get_own_filter(conn, request)
    return answer_json(request, [build_keyword(one) for one in held.keywords])


async def post_keyword(request: web.Request) -> web.Response:
    """POST /api/v2/filters/:id/keywords: `keyword`, `whole_word` (yes)."""
    parameters = await read_parameters(request)
    keyword, whole = require_keyword(parameters.text("keyword")), parameters.flag("whole_word", True)
    async with transaction(request.app[INSTANCE].pool) as conn:
        held = await get_own_filter(conn, request)
        made = await filters.add_keyword(conn, reader(request).id, held.id, keyword, whole_word=whole)
    return answer_json(request, build_keyword(made))


async def show_keyword(request: web.Request) -> web.Response:
    """GET /api/v2/filters/keywords/:id."""
    async with connection(request.app[INSTANCE].pool) as conn:
        return answer_json(request, build_keyword(await get_own_keyword(conn, request)))


async def put_keyword(request: web.Request) -> web.Response:
    """PUT /api/v2/filters/keywords/:id: what is not sent stays."""
    parameters = await read_parameters(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        held = await get_own_keyword(conn, request)
        changed = replace(
            held,
            keyword=require_keyword(parameters.text("keyword", held.keyword)),
            whole_word=parameters.flag("whole_word", held.whole_word),
        )
        await filters.save_keyword(conn, reader(request).id, changed)
    return answer_json(request, build_keyword(changed))


async def delete_keyword(request: web.Request) -> web.Response:
    """DELETE /api/v2/filters/keywords/:id."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await filters.remove_part(conn, reader(request).id, (await get_own_keyword(conn, request)).id)
    return answer_json(request, {})


async def list_posts(request: web.Request) -> web.Response:
    """GET /api/v2/filters/:id/statuses."""
    async with connection(request.app[INSTANCE].pool) as conn:
        held = await get_own_filter(conn, request)
    return answer_json(request, [build_filtered_post(one) for one in held.posts])


async def post_post(request: web.Request) -> web.Response:
    """POST /api/v2/filters/:id/statuses: `status_id`, which the reader may see."""
    parameters, me = await read_parameters(request), reader(request).id
    async with transaction(request.app[INSTANCE].pool) as conn:
        held = await get_own_filter(conn, request)
        post, _ = await get_by_id(conn, parameters.id("status_id"), me)
        made = await filters.add_post(conn, me, held.id, post.id)
    return answer_json(request, build_filtered_post(made))


async def show_post(request: web.Request) -> web.Response:
    """GET /api/v2/filters/statuses/:id."""
    async with connection(request.app[INSTANCE].pool) as conn:
        return answer_json(request, build_filtered_post(await _get_own_post(conn, request)))


async def delete_post(request: web.Request) -> web.Response:
    """DELETE /api/v2/filters/statuses/:id."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await filters.remove_part(conn, reader(request).id, (await _get_own_post(conn, request)).id)
    return answer_json(request, {})


async def get_own_keyword(conn: Connection, request: web.Request) -> Keyword:
    """The keyword that the address names. Raises NotFound for those of other people's filters."""
    id = read_id(request.match_info["id"])
    return _get_part(id, (await filters.get_by_part(conn, reader(request).id, id)).keywords)


async def _get_own_post(conn: Connection, request: web.Request) -> FilteredPost:
    id = read_id(request.match_info["id"])
    return _get_part(id, (await filters.get_by_part(conn, reader(request).id, id)).posts)


def _get_part(id: int | None, parts: Sequence[Part]) -> Part:
    for part in parts:
        if part.id == id:
            return part
    raise NotFound
