"""Filters: what the reader does not want to read. `filtered` of each status says what they found."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import cast, get_args

from aiohttp import web

from models.errors import Invalid
from models.relations.blocking import filters
from models.relations.blocking.filters import Context, Filter, FilterAction, FilterRule
from models.store.database import Connection, connection, transaction
from web.api.auth import reader
from web.api.entities.filters import build_filter
from web.api.json_responses import answer_json
from web.api.parameters import Parameters, read_flag, read_id, read_parameters
from web.http.app_keys import INSTANCE

TITLE_LIMIT = 256
KEYWORD_LIMIT = 512

LONGEST = 100 * 365 * 86_400
"""Seconds that a filter may be in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordChange:
    """What is wanted of a keyword: a new one without `id`, an end with `gone`; None leaves as it is."""

    id: int | None
    keyword: str | None
    whole_word: bool | None
    gone: bool


async def list_filters(request: web.Request) -> web.Response:
    """GET /api/v2/filters: all of the reader's, with their keywords and single posts."""
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await filters.list_all(conn, reader(request).id)
    return answer_json(request, [build_filter(one) for one in found])


async def show_filter(request: web.Request) -> web.Response:
    """GET /api/v2/filters/:id."""
    async with connection(request.app[INSTANCE].pool) as conn:
        return answer_json(request, build_filter(await get_own_filter(conn, request)))


async def post_filter(request: web.Request) -> web.Response:
    """POST /api/v2/filters: `title`, `context[]`, `filter_action` (warn), `expires_in`, `keywords_attributes[]`."""
    parameters, me = await read_parameters(request), reader(request).id
    rule = change_rule(FilterRule(title="", context=[], action="warn", expires_at=None), parameters)
    lines = _read_lines(parameters)
    async with transaction(request.app[INSTANCE].pool) as conn:
        made = await filters.create(conn, me, rule)
        await _save_lines(conn, me, made, lines)
        return answer_json(request, build_filter(await filters.get(conn, me, made.id)))


async def put_filter(request: web.Request) -> web.Response:
    """PUT /api/v2/filters/:id: what is not sent stays; `keywords_attributes[]` with `id` and perhaps `_destroy`."""
    parameters, me = await read_parameters(request), reader(request).id
    lines = _read_lines(parameters)
    async with transaction(request.app[INSTANCE].pool) as conn:
        held = await get_own_filter(conn, request)
        await filters.save(conn, me, held.id, change_rule(held, parameters))
        await _save_lines(conn, me, held, lines)
        return answer_json(request, build_filter(await filters.get(conn, me, held.id)))


async def delete_filter(request: web.Request) -> web.Response:
    """DELETE /api/v2/filters/:id."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await filters.delete(conn, reader(request).id, (await get_own_filter(conn, request)).id)
    return answer_json(request, {})


async def get_own_filter(conn: Connection, request: web.Request) -> Filter:
    """The filter that the address names. Raises NotFound for other people's."""
    return await filters.get(conn, reader(request).id, read_id(request.match_info["id"]))


def change_rule(held: FilterRule, parameters: Parameters) -> FilterRule:
    """What a filter does, with what was sent of it. Raises Invalid for what cannot be."""
    title = " ".join(parameters.text("title", held.title).split())
    if not title or len(title) > TITLE_LIMIT:
        raise Invalid("filter_title_invalid", most=TITLE_LIMIT, field="title")
    action = parameters.text("filter_action").strip() or held.action
    if action not in get_args(FilterAction):
        raise Invalid("value_not_allowed", name="filter_action", allowed="warn, hide, blur", field="filter_action")
    return FilterRule(
        title=title,
        context=read_context(parameters) if parameters.has("context") else require_context(held.context),
        action=cast(FilterAction, action),
        expires_at=read_end(parameters) if parameters.has("expires_in") else held.expires_at,
    )


def read_context(parameters: Parameters) -> list[Context]:
    """Where a filter is in force. Raises Invalid for none, or a place that is unknown."""
    return require_context([cast(Context, word) for word in dict.fromkeys(parameters.texts("context"))])


def require_context(context: list[Context]) -> list[Context]:
    """Raise Invalid unless these are places where a filter can be in force."""
    known = get_args(Context)
    if not context or any(word not in known for word in context):
        raise Invalid("value_not_allowed", name="context", allowed=", ".join(known), field="context")
    return context


def read_end(parameters: Parameters) -> datetime | None:
    """When a filter ends, by the seconds in `expires_in`; never where that is empty."""
    if not parameters.text("expires_in").strip():
        return None
    return datetime.now(UTC) + timedelta(seconds=parameters.whole("expires_in", 0, most=LONGEST))


def require_keyword(text: str) -> str:
    """Words to look for. Raises Invalid where there are none, or too many."""
    keyword = " ".join(text.split())
    if not keyword or len(keyword) > KEYWORD_LIMIT:
        raise Invalid("filter_keyword_invalid", most=KEYWORD_LIMIT, field="keyword")
    return keyword


def _read_lines(parameters: Parameters) -> list[KeywordChange]:
    return [
        KeywordChange(
            id=read_id(row["id"]) if row.get("id") else None,
            keyword=require_keyword(row["keyword"]) if "keyword" in row else None,
            whole_word=read_flag("whole_word", row["whole_word"]) if "whole_word" in row else None,
            gone=read_flag("_destroy", row.get("_destroy", "")),
        )
        for row in parameters.rows("keywords_attributes")
    ]


async def _save_lines(conn: Connection, me: int, held: Filter, lines: list[KeywordChange]) -> None:
    known = {keyword.id: keyword for keyword in held.keywords}
    for line in lines:
        if line.id is None:
            whole = True if line.whole_word is None else line.whole_word
            await filters.add_keyword(conn, me, held.id, require_keyword(line.keyword or ""), whole_word=whole)
            continue
        keyword = known.get(line.id)
        if keyword is None:
            raise Invalid("filter_keyword_not_found", field="keywords_attributes")
        if line.gone:
            await filters.remove_part(conn, me, keyword.id)
        else:
            changed = replace(
                keyword,
                keyword=line.keyword or keyword.keyword,
                whole_word=keyword.whole_word if line.whole_word is None else line.whole_word,
            )
            await filters.save_keyword(conn, me, changed)
