"""Lists of people whom the reader follows: made, changed, filled, and read."""

from dataclasses import replace
from typing import cast, get_args

from aiohttp import web

from models.communities import insiders
from models.communities.insiders import Shared
from models.errors import Invalid
from models.relations import lists
from models.relations.lists import MOST_MEMBERS, ReadingList, RepliesPolicy
from models.store.database import Connection, connection, transaction
from web.api.auth import reader
from web.api.entities.accounts import load_accounts_by_id
from web.api.entities.lists import build_community_list, build_list
from web.api.entities.values import read_look
from web.api.json_responses import answer_json
from web.api.mastodon.people.accounts import MOST, get_account
from web.api.pagination import link_header, read_page
from web.api.parameters import Parameters, read_id, read_parameters
from web.http.app_keys import INSTANCE

TITLE_LIMIT = 255


async def list_lists(request: web.Request) -> web.Response:
    """GET /api/v1/lists: all of the reader's, and the communities that she is in."""
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await lists.list_owned(conn, reader(request).id)
        inside = await insiders.list_of(conn, reader(request).id)
    return answer_json(request, [build_list(one) for one in found] + [build_community_list(one) for one in inside])


async def show_list(request: web.Request) -> web.Response:
    """GET /api/v1/lists/:id."""
    async with connection(request.app[INSTANCE].pool) as conn:
        community = await find_community(conn, request)
        if community is not None:
            return answer_json(request, build_community_list(community))
        return answer_json(request, build_list(await get_own_list(conn, request)))


async def post_list(request: web.Request) -> web.Response:
    """POST /api/v1/lists: `title`, `replies_policy` (list), `exclusive` (no)."""
    parameters = await read_parameters(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        made = await lists.create(
            conn,
            reader(request).id,
            title=_read_title(parameters),
            replies_policy=_read_policy(parameters, "list"),
            exclusive=parameters.flag("exclusive"),
        )
    return answer_json(request, build_list(made))


async def put_list(request: web.Request) -> web.Response:
    """PUT /api/v1/lists/:id: what is not sent stays as it is."""
    parameters = await read_parameters(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        held = await get_own_list(conn, request)
        changed = replace(
            held,
            title=_read_title(parameters) if parameters.has("title") else held.title,
            replies_policy=_read_policy(parameters, held.replies_policy),
            exclusive=parameters.flag("exclusive", held.exclusive),
        )
        await lists.save(conn, changed)
    return answer_json(request, build_list(changed))


async def delete_list(request: web.Request) -> web.Response:
    """DELETE /api/v1/lists/:id."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await lists.delete(conn, (await get_own_list(conn, request)).id)
    return answer_json(request, {})


async def list_members(request: web.Request) -> web.Response:
    """GET /api/v1/lists/:id/accounts: the last added first; with `limit=0` all. The Link ids are of the memberships."""
    parameters = await read_parameters(request)
    everybody = parameters.text("limit").strip() == "0"
    page = read_page(parameters, default=40, most=MOST)
    async with connection(request.app[INSTANCE].pool) as conn:
        shown = await get_own_list(conn, request)
        limit = MOST_MEMBERS if everybody else page.limit
        found = await lists.list_members(conn, shown.id, before=page.before, after=page.floor or None, limit=limit)
        value = await load_accounts_by_id(conn, read_look(request), [one.actor_id for one in found])
    return answer_json(request, value, headers={} if everybody else link_header(request, [one.id for one in found]))


async def post_members(request: web.Request) -> web.Response:
    """POST /api/v1/lists/:id/accounts: `account_ids[]`, people whom the reader follows; all of them or nobody."""
    ids = (await read_parameters(request)).named_ids("account_ids")
    async with transaction(request.app[INSTANCE].pool) as conn:
        await lists.add(conn, await get_own_list(conn, request), ids)
    return answer_json(request, {})


async def delete_members(request: web.Request) -> web.Response:
    """DELETE /api/v1/lists/:id/accounts: `account_ids[]`, in the address, a form or JSON."""
    ids = (await read_parameters(request)).named_ids("account_ids")
    async with transaction(request.app[INSTANCE].pool) as conn:
        await lists.remove(conn, (await get_own_list(conn, request)).id, ids)
    return answer_json(request, {})


async def list_lists_with(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/:id/lists: on which of the reader's lists somebody is."""
    async with connection(request.app[INSTANCE].pool) as conn:
        actor = await get_account(conn, request)
        found = await lists.list_with(conn, reader(request).id, actor.id)
    return answer_json(request, [build_list(one) for one in found])


async def find_community(conn: Connection, request: web.Request) -> Shared | None:
    """The community that the address names as a list, of those that the reader is in; it is filled by its members."""
    id = read_id(request.match_info["id"])
    return next((one for one in await insiders.list_of(conn, reader(request).id) if one.community_id == id), None)


async def get_own_list(conn: Connection, request: web.Request) -> ReadingList:
    """The list that the address names. Raises NotFound for other people's."""
    return await lists.get(conn, reader(request).id, read_id(request.match_info["id"]))


def _read_title(parameters: Parameters) -> str:
    title = " ".join(parameters.text("title").split())
    if not title:
        raise Invalid("list_title_missing", field="title")
    if len(title) > TITLE_LIMIT:
        raise Invalid("list_title_too_long", most=TITLE_LIMIT, field="title")
    return title


def _read_policy(parameters: Parameters, default: RepliesPolicy) -> RepliesPolicy:
    policy = parameters.text("replies_policy", default)
    if policy not in get_args(RepliesPolicy):
        raise Invalid(
            "value_not_allowed", name="replies_policy", allowed="followed, list, none", field="replies_policy"
        )
    return cast(RepliesPolicy, policy)
