"""People on profiles: whom a member shows among those whom she follows (as Mastodon 4.4)."""

from aiohttp import web

from models.people.actors import Actor
from models.relations import endorsements
from models.relations.blocking import blocks
from models.store.database import Connection, connection, transaction
from web.api.auth import reader, reader_id
from web.api.json_responses import answer_json
from web.api.mastodon.people.accounts import MOST, get_account, load_unbarred
from web.api.mastodon.relations.relationships import build_relation
from web.api.pagination import link_header, read_page
from web.api.parameters import read_parameters
from web.http.app_keys import INSTANCE


async def list_own(request: web.Request) -> web.Response:
    """GET /api/v1/endorsements: whom the reader shows herself; the Link ids are of the rows."""
    async with connection(request.app[INSTANCE].pool) as conn:
        return await _answer(conn, request, reader(request))


async def list_of_account(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/:id/endorsements: of people elsewhere we know none."""
    async with connection(request.app[INSTANCE].pool) as conn:
        actor = await get_account(conn, request)
        if (me := reader_id(request)) is not None and await blocks.between(conn, me, actor.id):
            return answer_json(request, [])
        return await _answer(conn, request, actor)


async def post_endorse(request: web.Request) -> web.Response:
    """POST /api/v1/accounts/:id/endorse, or pin, its name before 4.4. Raises Invalid for whom one does not follow."""
    me = reader(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        other = await get_account(conn, request)
        await endorsements.save(conn, actor_id=me.id, target_id=other.id)
        return answer_json(request, await build_relation(conn, me, other))


async def post_unendorse(request: web.Request) -> web.Response:
    """POST /api/v1/accounts/:id/unendorse, or unpin."""
    me = reader(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        other = await get_account(conn, request)
        await endorsements.remove(conn, actor_id=me.id, target_id=other.id)
        return answer_json(request, await build_relation(conn, me, other))


async def _answer(conn: Connection, request: web.Request, actor: Actor) -> web.Response:
    page = read_page(await read_parameters(request), default=40, most=MOST)
    found = await endorsements.list_endorsed(
        conn, actor.id, before=page.before, after=page.floor or None, limit=page.limit
    )
    value = await load_unbarred(conn, request, [one.target_id for one in found])
    return answer_json(request, value, headers=link_header(request, [one.id for one in found]))
