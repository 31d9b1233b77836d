"""What strangers wrote and what waits for the reader, as Mastodon's requests: by person, let in or dismissed."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from models import actors, message_requests
from models.actors import Actor
from models.database import Connection, connection, transaction
from models.errors import NotFound
from models.message_requests import Sender
from outbox import message_requests as outbox
from web.api.answers import answer_json
from web.api.auth import reader
from web.api.entities.accounts import is_shown, load_accounts
from web.api.entities.values import Json, Look, read_look, write_moment
from web.api.pagination import link_header, read_page
from web.api.parameters import read_id, read_parameters
from web.keys import INSTANCE

MOST = 80

Decision = Callable[[Connection, Actor, int], Awaitable[int]]


async def list_requests(request: web.Request) -> web.Response:
    """GET /api/v1/notifications/requests: who waits, each person once."""
    page = read_page(await read_parameters(request), default=40, most=MOST)
    me = reader(request).id
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await message_requests.list_senders(
            conn, me, before=page.before, after=page.after or page.since, limit=page.limit
        )
        value = await _load(conn, read_look(request), [one for one in found if not one.on_its_way])
    return answer_json(request, value, headers=link_header(request, [one.id for one in found]))


async def show_request(request: web.Request) -> web.Response:
    """GET /api/v1/notifications/requests/:id. Raises NotFound for other people's, as for none."""
    async with connection(request.app[INSTANCE].pool) as conn:
        sender = await _find(conn, reader(request).id, request.match_info["id"])
        value = await _load(conn, read_look(request), [sender])
    if not value:
        raise NotFound
    return answer_json(request, value[0])


async def post_accept(request: web.Request) -> web.Response:
    """POST /api/v1/notifications/requests/:id/accept: it comes in, and so does what follows."""
    return await _decide(request, [request.match_info["id"]], outbox.let_in)


async def post_dismiss(request: web.Request) -> web.Response:
    """POST /api/v1/notifications/requests/:id/dismiss: it is gone, and nothing of that person comes for 30 days."""
    return await _decide(request, [request.match_info["id"]], outbox.send_away)


async def post_accept_many(request: web.Request) -> web.Response:
    """POST /api/v1/notifications/requests/accept: several, `id[]`."""
    return await _decide(request, (await read_parameters(request)).texts("id"), outbox.let_in)


async def post_dismiss_many(request: web.Request) -> web.Response:
    """POST /api/v1/notifications/requests/dismiss: several, `id[]`."""
    return await _decide(request, (await read_parameters(request)).texts("id"), outbox.send_away)


async def show_merged(request: web.Request) -> web.Response:
    """GET /api/v1/notifications/requests/merged: whether everything that was let in has come."""
    async with connection(request.app[INSTANCE].pool) as conn:
        senders = await message_requests.list_senders(conn, reader(request).id)
    return answer_json(request, {"merged": not any(one.on_its_way for one in senders)})


async def _decide(request: web.Request, ids: Sequence[str], decide: Decision) -> web.Response:
    async with transaction(request.app[INSTANCE].pool) as conn:
        me = await actors.get(conn, reader(request).id)
        for id in dict.fromkeys(ids[:MOST]):
            sender = await _find(conn, me.id, id)
            await decide(conn, me, sender.author_id)
    return answer_json(request, {})


async def _find(conn: Connection, reader_id: int, text: str) -> Sender:
    id = read_id(text)
    sender = None if id is None else await message_requests.find_sender(conn, reader_id, id)
    if sender is None:
        raise NotFound
    return sender


async def _load(conn: Connection, look: Look, senders: Sequence[Sender]) -> list[Json]:
    """Without a status: nothing of it is kept as a post before it is let in; the page shows its text."""
    people = await actors.list_by_ids(conn, [one.author_id for one in senders])
    accounts = await load_accounts(conn, look, [actor for actor in people if is_shown(actor)])
    return [
        {
            "id": str(one.id),
            "created_at": write_moment(one.first_at),
            "updated_at": write_moment(one.last_at),
            "notifications_count": str(one.count),
            "account": accounts[one.author_id],
            "last_status": None,
        }
        for one in senders
        if one.author_id in accounts
    ]
