"""Which notifications are told at once, wait apart or are dropped, as the reader chose (as Mastodon 4.3).

What strangers wrote waits besides, by a rule of the cooperative's; `notification_requests` shows both, the summary
counts both.
"""

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from typing import Any, get_args

from aiohttp import web

from models.errors import Invalid
from models.news import notification_policies
from models.news.notification_policies import Answer, Policy
from models.posts import message_requests
from models.store.database import Connection, connection, transaction
from web.api.auth import reader
from web.api.entities.values import Json
from web.api.json_responses import answer_json
from web.api.parameters import Parameters, read_parameters
from web.http.app_keys import INSTANCE

KINDS: Sequence[str] = tuple(field.name for field in fields(Policy))

OLDER = {
    "filter_not_following": "for_not_following",
    "filter_not_followers": "for_not_followers",
    "filter_new_accounts": "for_new_accounts",
    "filter_private_mentions": "for_private_mentions",
}
"""What the first version of this knew, yes or no."""


async def show_policy(request: web.Request) -> web.Response:
    """GET /api/v2/notifications/policy."""
    async with connection(request.app[INSTANCE].pool) as conn:
        policy = await notification_policies.get(conn, reader(request).id)
        return answer_json(request, asdict(policy) | await _summarize(conn, reader(request).id))


async def patch_policy(request: web.Request) -> web.Response:
    """PATCH /api/v2/notifications/policy: what is not sent stays; it counts for what comes from now on."""
    changes = read_answers(await read_parameters(request))
    policy = await _change(request, changes)
    async with connection(request.app[INSTANCE].pool) as conn:
        return answer_json(request, asdict(policy) | await _summarize(conn, reader(request).id))


async def show_policy_v1(request: web.Request) -> web.Response:
    """GET /api/v1/notifications/policy: the same, where everything but `accept` is a yes to filtering."""
    async with connection(request.app[INSTANCE].pool) as conn:
        policy = await notification_policies.get(conn, reader(request).id)
        return answer_json(request, _build_v1(policy) | await _summarize(conn, reader(request).id))


async def put_policy_v1(request: web.Request) -> web.Response:
    """PATCH and PUT /api/v1/notifications/policy: yes is `filter`, no is `accept`."""
    parameters = await read_parameters(request)
    sent = {kind: parameters.flag(name) for name, kind in OLDER.items() if parameters.has(name)}
    policy = await _change(request, {kind: "filter" if wish else "accept" for kind, wish in sent.items()})
    async with connection(request.app[INSTANCE].pool) as conn:
        return answer_json(request, _build_v1(policy) | await _summarize(conn, reader(request).id))


def read_answers(parameters: Parameters) -> dict[str, Any]:
    """What was sent, by kind. Raises Invalid for what is no answer."""
    sent = {kind: parameters.text(kind).strip() for kind in KINDS if parameters.has(kind)}
    for kind, answer in sent.items():
        if answer not in get_args(Answer):
            raise Invalid("value_not_allowed", name=kind, allowed=", ".join(get_args(Answer)), field=kind)
    return sent


async def _change(request: web.Request, changes: dict[str, Any]) -> Policy:
    me = reader(request).id
    async with transaction(request.app[INSTANCE].pool) as conn:
        policy = replace(await notification_policies.get(conn, me), **changes)
        await notification_policies.save(conn, me, policy)
    return policy


def _build_v1(policy: Policy) -> Json:
    chosen = asdict(policy)
    return {name: chosen[kind] != "accept" for name, kind in OLDER.items()}


async def _summarize(conn: Connection, reader_id: int) -> Json:
    """How many people wait to be let in, and how much of theirs."""
    people, messages = await message_requests.count_senders(conn, reader_id)
    others, notifications = await notification_policies.count_filtered(conn, reader_id)
    counts = {"pending_requests_count": people + others, "pending_notifications_count": messages + notifications}
    return {"summary": counts}
