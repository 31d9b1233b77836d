"""POST /users/coop/looks: a friend's server asks what is seen of it from here, and is told within the request."""

from aiohttp import web

from federation.documents.serialize import serialize
from federation.http_client.protocols import ACTIVITY_JSON
from inbox.receiving.friends import require_friend
from inbox.receiving.looks import MOST_BYTES, answer_request
from web.activitypub.inbox import read_body
from web.activitypub.request_envelope import read_envelope
from web.http.app_keys import INSTANCE
from web.middlewares.peer_rate_limits import PROVEN


async def post_request(request: web.Request) -> web.Response:
    """Whoever is no friend gets what stands at an address where nothing is, before a byte of the body is read."""
    instance = request.app[INSTANCE]
    host = await require_friend(instance, read_envelope(request))
    envelope = read_envelope(request, await read_body(request, MOST_BYTES))
    report = await answer_request(instance, envelope, host)
    request[PROVEN] = True
    return web.Response(body=serialize(report), content_type=ACTIVITY_JSON, headers={"Cache-Control": "no-store"})
