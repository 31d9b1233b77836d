"""Which notifications are set aside before they are shown: none, since blocks, mutes and filters do all of that."""

from aiohttp import web

from models.errors import Invalid
from web.api.answers import answer_json
from web.api.parameters import read_parameters

KINDS = (
    "for_not_following",
    "for_not_followers",
    "for_new_accounts",
    "for_private_mentions",
    "for_limited_accounts",
)


async def show_policy(request: web.Request) -> web.Response:
    """GET /api/v2/notifications/policy: everything is accepted, so nothing waits."""
    summary = {"pending_requests_count": 0, "pending_notifications_count": 0}
    return answer_json(request, dict.fromkeys(KINDS, "accept") | {"summary": summary})


async def patch_policy(request: web.Request) -> web.Response:
    """PATCH /api/v2/notifications/policy: only `accept` is possible, anything else is refused and not forgotten."""
    parameters = await read_parameters(request)
    for kind in KINDS:
        if parameters.has(kind) and parameters.text(kind) != "accept":
            raise Invalid("This server sets no notifications aside: mute or block instead.", field=kind)
    return await show_policy(request)
