"""Where an app wants to be told of notifications: one subscription for each token."""

from typing import get_args

from aiohttp import web

from federation.errors import FetchFailed
from federation.http_client.address_guard import Guard
from federation.web_push import load_key, require_keys, write_public
from models.errors import Invalid, NotFound
from models.news import push_subscriptions
from models.news.push_subscriptions import NewPush, PushAlert, PushPolicy, PushSubscription
from models.store.database import connection, transaction
from web.api.auth import TOKEN, reader
from web.api.entities.values import Json
from web.api.json_responses import answer_json
from web.api.parameters import Parameters, read_parameters
from web.http.app_keys import INSTANCE

ALERTS: tuple[PushAlert, ...] = (
    "mention",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "poll",
    "update",
    "quote",
    "admin.sign_up",
    "admin.report",
    "moderation_warning",
)

POLICIES: tuple[PushPolicy, ...] = get_args(PushPolicy)

LONGEST = 2000


async def show_subscription(request: web.Request) -> web.Response:
    """GET /api/v1/push/subscription: 404 without one."""
    async with connection(request.app[INSTANCE].pool) as conn:
        held = await push_subscriptions.find_by_token(conn, request[TOKEN].id)
    if held is None:
        raise NotFound("push_subscription_not_found")
    return await _answer(request, held)


async def post_subscription(request: web.Request) -> web.Response:
    """POST /api/v1/push/subscription: a new one, instead of any that the token had."""
    instance = request.app[INSTANCE]
    new = read_subscription(await read_parameters(request))
    try:
        Guard(own_host=instance.site.host, test_federation=instance.settings.test_federation).require_url(new.endpoint)
    except FetchFailed:
        raise Invalid("push_endpoint_invalid", field="subscription[endpoint]") from None
    async with transaction(instance.pool) as conn:
        held = await push_subscriptions.save(conn, request[TOKEN].id, reader(request).id, new)
    return await _answer(request, held)


async def put_subscription(request: web.Request) -> web.Response:
    """PUT /api/v1/push/subscription: other alerts, or another policy."""
    parameters = await read_parameters(request)
    alerts = read_alerts(parameters) if _sends_alerts(parameters) else None
    policy = read_policy(parameters) if parameters.has("data[policy]") else None
    async with transaction(request.app[INSTANCE].pool) as conn:
        await push_subscriptions.save_wishes(conn, request[TOKEN].id, alerts, policy)
        held = await push_subscriptions.find_by_token(conn, request[TOKEN].id)
    if held is None:
        raise NotFound("push_subscription_not_found")
    return await _answer(request, held)


async def delete_subscription(request: web.Request) -> web.Response:
    """DELETE /api/v1/push/subscription."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await push_subscriptions.delete(conn, request[TOKEN].id)
    return answer_json(request, {})


def read_subscription(parameters: Parameters) -> NewPush:
    """What an app asks for. Raises Invalid with the field that is wrong."""
    endpoint = parameters.text("subscription[endpoint]").strip()
    if not endpoint or len(endpoint) > LONGEST:
        raise Invalid("push_endpoint_unusable", field="subscription[endpoint]")
    p256dh = parameters.text("subscription[keys][p256dh]").strip()
    auth = parameters.text("subscription[keys][auth]").strip()
    require_keys(p256dh, auth)
    return NewPush(
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        standard=parameters.flag("subscription[standard]"),
        policy=read_policy(parameters),
        alerts=read_alerts(parameters),
    )


def read_alerts(parameters: Parameters) -> tuple[PushAlert, ...]:
    """The types that are wanted; those that this server does not have are left out."""
    return tuple(name for name in ALERTS if parameters.flag(f"data[alerts][{name}]"))


def _sends_alerts(parameters: Parameters) -> bool:
    return any(name.startswith("data[alerts]") for name in parameters.values)


def read_policy(parameters: Parameters) -> PushPolicy:
    """Of whose acts it wants to be told. Raises Invalid."""
    wanted = parameters.text("data[policy]").strip() or "all"
    for policy in POLICIES:
        if policy == wanted:
            return policy
    raise Invalid("value_not_allowed", name="data[policy]", allowed=", ".join(POLICIES), field="data[policy]")


async def _answer(request: web.Request, held: PushSubscription) -> web.Response:
    key = await load_key(request.app[INSTANCE])
    value: Json = {
        "id": held.id,
        "endpoint": held.endpoint,
        "standard": held.standard,
        "alerts": {name: name in held.alerts for name in ALERTS},
        "policy": held.policy,
        "server_key": write_public(key),
    }
    return answer_json(request, value)
