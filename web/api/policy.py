"""Which notifications are set aside before they are shown: none by choice, since blocks, mutes and filters do that.

What strangers wrote waits by a rule of the cooperative's (`notification_requests`); the summary counts it.
"""

from aiohttp import web

from models import message_requests
from models.database import connection
from models.errors import Invalid
from web.api.answers import answer_json
from web.api.auth import reader
from web.api.parameters import read_parameters
from web.keys import INSTANCE

KINDS = (
    "for_not_following",
    "for_not_followers",
    "for_new_accounts",
    "for_private_mentions",
    "for_limited_accounts",
)


async def show_policy(request: web.Request) -> web.Response:
    """GET /api/v2/notifications/policy: everything is accepted; what waits of strangers is counted."""
    async with connection(request.app[INSTANCE].pool) as conn:
        people, messages = await message_requests.count_senders(conn, reader(request).id)
    summary = {"pending_requests_count": people, "pending_notifications_count": messages}
    return answer_json(request, dict.fromkeys(KINDS, "accept") | {"summary": summary})


async def patch_policy(request: web.Request) -> web.Response:
    """PATCH /api/v2/notifications/policy: only `accept` is possible, anything else is refused and not forgotten."""
    parameters = await read_parameters(request)
    for kind in KINDS:
        if parameters.has(kind) and parameters.text(kind) != "accept":
            raise Invalid("notification_policy_unsupported", field=kind)
    return await show_policy(request)
