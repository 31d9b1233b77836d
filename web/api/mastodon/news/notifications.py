"""What others did that concerns the reader."""

from aiohttp import web

from models.errors import NotFound
from models.news import notifications
from models.news.notification_policies import list_with_filtered
from models.news.notifications import Notification, NotificationPage
from models.store.database import Connection, connection, transaction
from web.api.auth import reader
from web.api.entities.notifications import AS, OURS_ALONE, load_notifications
from web.api.entities.values import read_look
from web.api.json_responses import answer_json
from web.api.pagination import link_header, read_page
from web.api.parameters import Parameters, read_id, read_parameters
from web.http.app_keys import INSTANCE

MOST = 80


async def list_notifications(request: web.Request) -> web.Response:
    """GET /api/v1/notifications: `types[]`, `exclude_types[]`, `account_id`, `include_filtered`; newest first."""
    parameters, me = await read_parameters(request), reader(request).id
    wanted = read_wanted(parameters, default=40, most=MOST)
    read = list_with_filtered if shows_filtered(parameters, wanted) else notifications.list_notifications
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await read(conn, me, wanted)
        value = await load_notifications(conn, read_look(request), found, me)
    return answer_json(request, value, headers=link_header(request, [one.id for one in found]))


async def show_notification(request: web.Request) -> web.Response:
    """GET /api/v1/notifications/:id. Raises NotFound for other people's."""
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await _find_own(conn, request)
        value = await load_notifications(conn, read_look(request), [found] if found else [], reader(request).id)
    if not value:
        raise NotFound
    return answer_json(request, value[0])


async def post_clear(request: web.Request) -> web.Response:
    """POST /api/v1/notifications/clear: remove all."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await notifications.dismiss(conn, reader(request).id, None)
    return answer_json(request, {})


async def post_dismiss(request: web.Request) -> web.Response:
    """POST /api/v1/notifications/:id/dismiss: remove one of one's own; others' are as if missing (B-56)."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        found = await _find_own(conn, request)
        if found is None:
            raise NotFound
        await notifications.dismiss(conn, reader(request).id, found.id)
    return answer_json(request, {})


async def count_unread(request: web.Request) -> web.Response:
    """GET /api/v1/notifications/unread_count: what lies above the reader's marker and was on no page of ours yet."""
    wanted = read_wanted(await read_parameters(request), default=100, most=notifications.COUNTED)
    async with connection(request.app[INSTANCE].pool) as conn:
        unread = await notifications.count_unread(conn, reader(request).id, wanted)
    return answer_json(request, {"count": unread})


def read_wanted(parameters: Parameters, *, default: int, most: int) -> NotificationPage:
    """Which notifications the client asks for."""
    page = read_page(parameters, default=default, most=most)
    return NotificationPage(
        before=page.before,
        since=page.since,
        after=page.after,
        types=_with_kin(parameters.texts("types")),
        excluded=(*_with_kin(parameters.texts("exclude_types")), *OURS_ALONE),
        actor_id=parameters.id("account_id"),
        limit=page.limit,
    )


def _with_kin(types: tuple[str, ...]) -> tuple[str, ...]:
    """These types, and those of ours that clients know by their names."""
    return (*types, *(own for own, shown in AS.items() if shown in types))


def shows_filtered(parameters: Parameters, wanted: NotificationPage) -> bool:
    """Whether what waits apart is wanted too: where the client says so, and where it asks for one person's."""
    return parameters.flag("include_filtered", wanted.actor_id is not None)


async def _find_own(conn: Connection, request: web.Request) -> Notification | None:
    id = read_id(request.match_info["id"])
    if id is None:
        return None
    page = NotificationPage(before=id + 1, since=id - 1, limit=1)
    found = await notifications.list_notifications(conn, reader(request).id, page)
    return found[0] if found else None
