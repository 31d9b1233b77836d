"""What strangers wrote and waits, and notifications that were set apart: by person, let in or dismissed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from models import posts
from models.errors import NotFound
from models.news import notification_policies
from models.people import actors
from models.people.actors import Actor
from models.posts import message_requests
from models.posts.message_requests import Sender
from models.store.database import Connection, connection, transaction
from outbox.moderation import message_requests as outbox
from web.api.auth import reader
from web.api.entities.accounts import is_shown, load_accounts
from web.api.entities.statuses import load_posts
from web.api.entities.values import Json, read_look, write_moment
from web.api.json_responses import answer_json
from web.api.pagination import link_header, read_page
from web.api.parameters import read_id, read_parameters
from web.http.app_keys import INSTANCE

MOST = 80

Decision = Callable[[Connection, Actor, int], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What letting somebody in and sending them away does: to a stranger's messages, or to notifications set apart."""

    accept: Decision
    dismiss: Decision


async def _let_notifications_in(conn: Connection, me: Actor, from_id: int) -> None:
    await notification_policies.let_in(conn, me.id, from_id)


async def _dismiss_notifications(conn: Connection, me: Actor, from_id: int) -> None:
    await notification_policies.dismiss(conn, me.id, from_id)


MESSAGES = Decisions(accept=outbox.accept_and_notify, dismiss=outbox.send_away)
NOTIFICATIONS = Decisions(accept=_let_notifications_in, dismiss=_dismiss_notifications)


async def list_requests(request: web.Request) -> web.Response:
    """GET /api/v1/notifications/requests: who waits, the first to come last; by what strangers wrote, and by what is
    set apart."""
    page = read_page(await read_parameters(request), default=40, most=MOST)
    me, after = reader(request).id, page.after or page.since
    async with connection(request.app[INSTANCE].pool) as conn:
        letters = await message_requests.list_senders(conn, me, before=page.before, after=after, limit=page.limit)
        apart = await notification_policies.list_filtered(conn, me, before=page.before, after=after, limit=page.limit)
        found = sorted([*letters, *apart], key=lambda one: -one.id)
        found = found[-page.limit :] if page.after else found[: page.limit]
        value = await _load(conn, request, [one for one in found if not one.on_its_way])
    return answer_json(request, value, headers=link_header(request, [one.id for one in found]))


async def show_request(request: web.Request) -> web.Response:
    """GET /api/v1/notifications/requests/:id. Raises NotFound for other people's, as for none."""
    async with connection(request.app[INSTANCE].pool) as conn:
        sender, _ = await _find(conn, reader(request).id, request.match_info["id"])
        value = await _load(conn, request, [sender])
    if not value:
        raise NotFound
    return answer_json(request, value[0])


async def post_accept(request: web.Request) -> web.Response:
    """POST /api/v1/notifications/requests/:id/accept: it comes in, and so does what follows."""
    return await _decide(request, [request.match_info["id"]], lambda one: one.accept)


async def post_dismiss(request: web.Request) -> web.Response:
    """POST /api/v1/notifications/requests/:id/dismiss: it is gone; of a stranger nothing comes for 30 days."""
    return await _decide(request, [request.match_info["id"]], lambda one: one.dismiss)


async def post_accept_many(request: web.Request) -> web.Response:
    """POST /api/v1/notifications/requests/accept: several, `id[]`."""
    return await _decide(request, (await read_parameters(request)).texts("id"), lambda one: one.accept)


async def post_dismiss_many(request: web.Request) -> web.Response:
    """POST /api/v1/notifications/requests/dismiss: several, `id[]`."""
    return await _decide(request, (await read_parameters(request)).texts("id"), lambda one: one.dismiss)


async def show_merged(request: web.Request) -> web.Response:
    """GET /api/v1/notifications/requests/merged: whether everything that was let in has come."""
    async with connection(request.app[INSTANCE].pool) as conn:
        senders = await message_requests.list_senders(conn, reader(request).id)
    return answer_json(request, {"merged": not any(one.on_its_way for one in senders)})


async def _decide(request: web.Request, ids: Sequence[str], choose: Callable[[Decisions], Decision]) -> web.Response:
    async with transaction(request.app[INSTANCE].pool) as conn:
        me = await actors.get(conn, reader(request).id)
        found = [await _find(conn, me.id, id) for id in dict.fromkeys(ids[:MOST])]
        for sender, decisions in found:  # a message that is let in lets in what else waits of its writer
            await choose(decisions)(conn, me, sender.author_id)
    return answer_json(request, {})


async def _find(conn: Connection, reader_id: int, text: str) -> tuple[Sender, Decisions]:
    id = read_id(text)
    if id is not None:
        if (writer := await message_requests.find_sender(conn, reader_id, id)) is not None:
            return writer, MESSAGES
        if (other := await notification_policies.find_filtered(conn, reader_id, id)) is not None:
            return other, NOTIFICATIONS
    raise NotFound


async def _load(conn: Connection, request: web.Request, senders: Sequence[Sender]) -> list[Json]:
    """Of strangers' messages without a status: no post is kept before it is let in; the page shows its text."""
    look, me = read_look(request), reader(request).id
    people = await actors.list_by_ids(conn, [one.author_id for one in senders])
    accounts = await load_accounts(conn, look, [actor for actor in people if is_shown(actor)])
    last = await notification_policies.find_last_posts(conn, me, [one.author_id for one in senders])
    visible = await posts.filter_visible(conn, list(last.values()), me)
    shown = await load_posts(conn, look, [id for id in dict.fromkeys(last.values()) if id in visible], me)
    statuses = {int(status["id"]): status for status in shown}
    return [
        {
            "id": str(one.id),
            "created_at": write_moment(one.first_at),
            "updated_at": write_moment(one.last_at),
            "notifications_count": str(one.count),
            "account": accounts[one.author_id],
            "last_status": statuses.get(last.get(one.author_id, 0)),
        }
        for one in senders
        if one.author_id in accounts
    ]
