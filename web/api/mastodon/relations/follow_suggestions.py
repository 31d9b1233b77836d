"""Whom the reader might like to follow."""

from aiohttp import web

from models.relations import follow_suggestions
from models.store.database import Connection, connection, transaction
from web.api.auth import reader
from web.api.entities.accounts import load_accounts_by_id
from web.api.entities.values import Json, read_look
from web.api.json_responses import answer_json
from web.api.mastodon.people.accounts import MOST, get_account
from web.api.parameters import read_parameters
from web.http.app_keys import INSTANCE


async def list_suggestions(request: web.Request) -> web.Response:
    """GET /api/v2/suggestions: our own streams, and whom those follow whom the reader follows, each with why."""
    async with connection(request.app[INSTANCE].pool) as conn:
        return answer_json(request, await _load(conn, request))


async def list_suggestions_v1(request: web.Request) -> web.Response:
    """GET /api/v1/suggestions: the same people, without why."""
    async with connection(request.app[INSTANCE].pool) as conn:
        return answer_json(request, [one["account"] for one in await _load(conn, request)])


async def delete_suggestion(request: web.Request) -> web.Response:
    """DELETE /api/v1/suggestions/:account_id: propose them no more."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        other = await get_account(conn, request)
        await follow_suggestions.dismiss(conn, actor_id=reader(request).id, target_id=other.id)
    return answer_json(request, {})


async def _load(conn: Connection, request: web.Request) -> list[Json]:
    parameters = await read_parameters(request)
    found = await follow_suggestions.list_suggestions(
        conn,
        reader(request).id,
        offset=parameters.whole("offset", 0, most=10_000),
        limit=parameters.whole("limit", 40, least=1, most=MOST),
    )
    accounts = await load_accounts_by_id(conn, read_look(request), [one.actor_id for one in found])
    streams = {str(one.actor_id) for one in found if one.stream}
    return [
        {
            "source": "staff" if account["id"] in streams else "past_interactions",
            "sources": ["featured" if account["id"] in streams else "friends_of_friends"],
            "account": account,
        }
        for account in accounts
    ]
