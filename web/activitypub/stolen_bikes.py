"""POST /users/coop/stolen_bikes: a friend's server asks about one frame number, and is answered yes or no."""

from aiohttp import web

from federation.documents.serialize import serialize
from federation.http_client.protocols import ACTIVITY_JSON
from inbox.receiving.friends import require_friend
from inbox.receiving.stolen_bikes import MOST_BYTES, answer_inquiry
from web.activitypub.inbox import read_body
from web.activitypub.request_envelope import read_envelope
from web.http.app_keys import INSTANCE
from web.middlewares.peer_rate_limits import PROVEN


async def post_inquiry(request: web.Request) -> web.Response:
    """Whoever is no friend gets what stands at an address where nothing is, before a byte of the body is read."""
    instance = request.app[INSTANCE]
    host = await require_friend(instance, read_envelope(request))
    envelope = read_envelope(request, await read_body(request, MOST_BYTES))
    answer = await answer_inquiry(instance, envelope, host)
    request[PROVEN] = True
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=serialize(answer), content_type=ACTIVITY_JSON, headers=headers)
