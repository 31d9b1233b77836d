"""Home, public and tag timelines, and those of lists."""

from aiohttp import web

from federation.texts.hashtags import fold
from models import timelines
from models.store.database import connection
from models.timelines import PostFilter, TimelineEntry
from web.api.auth import reader, reader_id
from web.api.entities.statuses import load_statuses
from web.api.entities.values import read_look
from web.api.json_responses import answer_json
from web.api.mastodon.relations.lists import find_community, get_own_list
from web.api.pagination import link_header, read_page
from web.api.parameters import Parameters, read_parameters
from web.http.app_keys import INSTANCE

TAGS = 8
"""Tags that one request may combine."""


async def list_home(request: web.Request) -> web.Response:
    """GET /api/v1/timelines/home: the reader's own, and of those whom she follows."""
    page = read_page(await read_parameters(request))
    async with connection(request.app[INSTANCE].pool) as conn:
        entries = await timelines.list_home(conn, reader(request).id, page)
        statuses = await load_statuses(conn, read_look(request), entries, reader(request).id, "home")
    return _answer(request, entries, statuses)


async def list_list(request: web.Request) -> web.Response:
    """GET /api/v1/timelines/list/:id: of the people on one of the reader's lists, or inside one of her communities."""
    page, reader_id = read_page(await read_parameters(request)), reader(request).id
    async with connection(request.app[INSTANCE].pool) as conn:
        community = await find_community(conn, request)
        if community is not None:
            entries = await timelines.list_inside(conn, community.community_id, reader_id, page, listings=True)
        else:
            entries = await timelines.list_list(conn, (await get_own_list(conn, request)).id, page)
        statuses = await load_statuses(conn, read_look(request), entries, reader(request).id, "home")
    return _answer(request, entries, statuses)


async def list_public(request: web.Request) -> web.Response:
    """GET /api/v1/timelines/public: from everywhere, `local`, `remote`, `only_media`; listings and notes both."""
    parameters = await read_parameters(request)
    return await _list_public(request, parameters, read_filter(parameters))


async def list_tagged(request: web.Request) -> web.Response:
    """GET /api/v1/timelines/tag/:tag: with `any[]`, `all[]`, `none[]`; case and accents aside."""
    parameters = await read_parameters(request)
    tag = fold(request.match_info["tag"])
    return await _list_public(request, parameters, read_filter(parameters, tag))


async def _list_public(request: web.Request, parameters: Parameters, wanted: PostFilter) -> web.Response:
    page = read_page(parameters)
    async with connection(request.app[INSTANCE].pool) as conn:
        entries = await timelines.list_public(conn, reader_id(request), wanted, page)
        statuses = await load_statuses(conn, read_look(request), entries, reader_id(request), "public")
    return _answer(request, entries, statuses)


def read_filter(parameters: Parameters, tag: str | None = None) -> PostFilter:
    """What narrows a public timeline; `tag` is the one in the address, folded."""
    any_tags = (tag, *_read_tags(parameters, "any")) if tag is not None else ()
    return PostFilter(
        local=parameters.flag("local"),
        remote=parameters.flag("remote"),
        only_media=parameters.flag("only_media"),
        any_tags=tuple(dict.fromkeys(any_tags)),
        all_tags=_read_tags(parameters, "all") if tag is not None else (),
        no_tags=_read_tags(parameters, "none") if tag is not None else (),
    )


def _read_tags(parameters: Parameters, name: str) -> tuple[str, ...]:
    folded = (fold(text) for text in parameters.texts(name))
    return tuple(dict.fromkeys(tag for tag in folded if tag))[:TAGS]


def _answer(request: web.Request, entries: list[TimelineEntry], statuses: list[dict[str, object]]) -> web.Response:
    return answer_json(request, statuses, headers=link_header(request, [entry.id for entry in entries]))
