"""Statuses to come: what waits, another moment, and never mind."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from aiohttp import web

from federation.instance import Instance
from models.errors import Invalid, NotFound
from models.posts import scheduled_posts
from models.posts.media import media
from models.posts.scheduled_posts import Scheduled
from models.store.database import Connection, connection, transaction
from outbox import scheduled_posts as outbox
from outbox.posting import read_post_request
from web.api.auth import reader
from web.api.entities.media import build_upload
from web.api.entities.statuses import VISIBILITIES
from web.api.entities.values import Json, write_moment
from web.api.json_responses import answer_json
from web.api.pagination import link_header, read_page
from web.api.parameters import Parameters, read_id, read_parameters
from web.http.app_keys import INSTANCE


async def list_scheduled(request: web.Request) -> web.Response:
    """GET /api/v1/scheduled_statuses: the reader's own, the newest first."""
    page = read_page(await read_parameters(request))
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await scheduled_posts.list_own(
            conn, reader(request).id, before=page.before, since=page.since, after=page.after, limit=page.limit
        )
        value = await load_scheduled(conn, request.app[INSTANCE], found)
    return answer_json(request, value, headers=link_header(request, [one.id for one in found]))


async def show_scheduled(request: web.Request) -> web.Response:
    """GET /api/v1/scheduled_statuses/:id."""
    async with connection(request.app[INSTANCE].pool) as conn:
        held = await _get_own(conn, request)
        return answer_json(request, (await load_scheduled(conn, request.app[INSTANCE], [held]))[0])


async def put_scheduled(request: web.Request) -> web.Response:
    """PUT /api/v1/scheduled_statuses/:id: another moment."""
    at = read_scheduled_at(await read_parameters(request))
    if at is None:
        raise Invalid("parameter_missing", name="scheduled_at", field="scheduled_at")
    async with transaction(request.app[INSTANCE].pool) as conn:
        await outbox.reschedule(conn, await _get_own(conn, request), at)
        held = await _get_own(conn, request)
        return answer_json(request, (await load_scheduled(conn, request.app[INSTANCE], [held]))[0])


async def delete_scheduled(request: web.Request) -> web.Response:
    """DELETE /api/v1/scheduled_statuses/:id: it will not be published."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        if not await scheduled_posts.take(conn, (await _get_own(conn, request)).id):
            raise NotFound
    return answer_json(request, {})


async def _get_own(conn: Connection, request: web.Request) -> Scheduled:
    id = read_id(request.match_info["id"])
    held = await scheduled_posts.find_own(conn, id, reader(request).id) if id is not None else None
    if held is None:
        raise NotFound
    return held


def read_scheduled_at(parameters: Parameters) -> datetime | None:
    """`scheduled_at`, a moment as ISO 8601; in UTC where it names no zone. Raises Invalid."""
    written = parameters.text("scheduled_at").strip()
    if not written:
        return None
    try:
        at = datetime.fromisoformat(written)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Invalid("scheduled_at_unreadable", field="scheduled_at") from None


async def load_scheduled(conn: Connection, instance: Instance, found: Sequence[Scheduled]) -> list[Json]:
    """ScheduledStatus of each."""
    pictures = await media.list_by_ids(conn, {id for one in found for id in one.media_ids})
    return [
        {
            "id": str(one.id),
            "scheduled_at": write_moment(one.scheduled_at),
            "params": _build_params(one),
            "media_attachments": [
                await build_upload(conn, instance, pictures[id]) for id in one.media_ids if id in pictures
            ],
        }
        for one in found
    ]


def _build_params(one: Scheduled) -> Json:
    wish = read_post_request(one.wish)
    return {
        "text": wish.text,
        "poll": asdict(wish.poll) if wish.poll else None,
        "media_ids": [str(id) for id in wish.media_ids] or None,
        "sensitive": bool(wish.sensitive),
        "spoiler_text": wish.warning or None,
        "visibility": VISIBILITIES[wish.audience] if wish.audience else wish.inside,
        "in_reply_to_id": str(wish.parent_id) if wish.parent_id is not None else None,
        "language": wish.language,
        "quoted_status_id": str(wish.quoted_id) if wish.quoted_id is not None else None,
        "quote_approval_policy": wish.quote_policy,
        "application_id": None,
        "scheduled_at": None,
        "idempotency": None,
        "with_rate_limit": False,
    }
