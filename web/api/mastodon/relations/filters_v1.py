"""Filters as older clients know them: each keyword stands for a filter of its own."""

from dataclasses import replace

from aiohttp import web

from models.errors import Invalid
from models.relations.blocking import filters
from models.relations.blocking.filters import FilterRule, Keyword
from models.store.database import connection, transaction
from web.api.auth import reader
from web.api.entities.filters import build_filter_v1
from web.api.json_responses import answer_json
from web.api.mastodon.relations.filter_parts import get_own_keyword
from web.api.mastodon.relations.filters import TITLE_LIMIT, read_context, read_end, require_keyword
from web.api.parameters import Parameters, read_parameters
from web.http.app_keys import INSTANCE


async def list_filters(request: web.Request) -> web.Response:
    """GET /api/v1/filters."""
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await filters.list_all(conn, reader(request).id)
    return answer_json(request, [build_filter_v1(one, keyword) for one in found for keyword in one.keywords])


async def show_filter(request: web.Request) -> web.Response:
    """GET /api/v1/filters/:id."""
    async with connection(request.app[INSTANCE].pool) as conn:
        keyword = await get_own_keyword(conn, request)
        held = await filters.get(conn, reader(request).id, keyword.filter_id)
    return answer_json(request, build_filter_v1(held, keyword))


async def post_filter(request: web.Request) -> web.Response:
    """POST /api/v1/filters: `phrase`, `context[]`, `irreversible`, `whole_word` (yes), `expires_in`."""
    parameters, me = await read_parameters(request), reader(request).id
    phrase = require_keyword(parameters.text("phrase"))
    rule = FilterRule(
        title=phrase[:TITLE_LIMIT],
        context=read_context(parameters),
        action="hide" if parameters.flag("irreversible") else "warn",
        expires_at=read_end(parameters),
    )
    whole = parameters.flag("whole_word", True)
    async with transaction(request.app[INSTANCE].pool) as conn:
        made = await filters.create(conn, me, rule)
        keyword = await filters.add_keyword(conn, me, made.id, phrase, whole_word=whole)
    return answer_json(request, build_filter_v1(made, keyword))


async def put_filter(request: web.Request) -> web.Response:
    """PUT /api/v1/filters/:id: refused (422) where that would change more keywords than this one."""
    parameters, me = await read_parameters(request), reader(request).id
    async with transaction(request.app[INSTANCE].pool) as conn:
        held = await get_own_keyword(conn, request)
        keyword = _change_keyword(held, parameters)
        whole = await filters.get(conn, me, held.filter_id)
        rule = _change_rule(whole, keyword, parameters)
        if len(whole.keywords) > 1 and replace(rule, title=whole.title) != _rule_of(whole):
            raise Invalid("filter_has_several_keywords")
        await filters.save_keyword(conn, me, keyword)
        await filters.save(conn, me, whole.id, rule if len(whole.keywords) == 1 else _rule_of(whole))
        return answer_json(request, build_filter_v1(await filters.get(conn, me, whole.id), keyword))


async def delete_filter(request: web.Request) -> web.Response:
    """DELETE /api/v1/filters/:id: the keyword, and with the last one its filter."""
    me = reader(request).id
    async with transaction(request.app[INSTANCE].pool) as conn:
        keyword = await get_own_keyword(conn, request)
        await filters.remove_part(conn, me, keyword.id)
        left = await filters.get(conn, me, keyword.filter_id)
        if not left.keywords and not left.posts:
            await filters.delete(conn, me, left.id)
    return answer_json(request, {})


def _change_keyword(held: Keyword, parameters: Parameters) -> Keyword:
    return replace(
        held,
        keyword=require_keyword(parameters.text("phrase", held.keyword)),
        whole_word=parameters.flag("whole_word", held.whole_word),
    )


def _change_rule(held: FilterRule, keyword: Keyword, parameters: Parameters) -> FilterRule:
    return FilterRule(
        title=keyword.keyword[:TITLE_LIMIT],
        context=read_context(parameters) if parameters.has("context") else held.context,
        action="hide" if parameters.flag("irreversible", held.action == "hide") else "warn",
        expires_at=read_end(parameters) if parameters.has("expires_in") else held.expires_at,
    )


def _rule_of(held: FilterRule) -> FilterRule:
    return FilterRule(title=held.title, context=held.context, action=held.action, expires_at=held.expires_at)
