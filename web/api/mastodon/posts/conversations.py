"""Private notes as conversations."""

from aiohttp import web

from models.errors import NotFound
from models.posts import conversations
from models.store.database import connection, transaction
from web.api.auth import reader
from web.api.entities.conversations import load_conversations
from web.api.entities.values import read_look
from web.api.json_responses import answer_json
from web.api.pagination import link_header, read_page
from web.api.parameters import read_id, read_parameters
from web.http.app_keys import INSTANCE


async def list_conversations(request: web.Request) -> web.Response:
    """GET /api/v1/conversations: the last written to first; the Link ids are of the last notes."""
    page, me = read_page(await read_parameters(request)), reader(request).id
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await conversations.list_owned(
            conn, me, before=page.before, since=page.since, after=page.after, limit=page.limit
        )
        value = await load_conversations(conn, read_look(request), found, me)
    return answer_json(request, value, headers=link_header(request, [one.last_post_id for one in found]))


async def post_read(request: web.Request) -> web.Response:
    """POST /api/v1/conversations/:id/read."""
    me = reader(request).id
    async with transaction(request.app[INSTANCE].pool) as conn:
        held = await conversations.mark_read(conn, me, read_id(request.match_info["id"]))
        value = await load_conversations(conn, read_look(request), [held], me)
    if not value:
        raise NotFound
    return answer_json(request, value[0])


async def delete_conversation(request: web.Request) -> web.Response:
    """DELETE /api/v1/conversations/:id: off the list until somebody writes again; nothing of it is taken back."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await conversations.remove(conn, reader(request).id, read_id(request.match_info["id"]))
    return answer_json(request, {})
