"""How often other servers may ask (HT4): by their network until they prove who they are, then by their own name.

A flood from one network or in one name touches nobody else, since whoever proves an identity is taken off the count of
the network. The address of a proxy is never counted: it stands for everybody (see `networks.peer_network`). What is
proven of posts is counted by `inbox/receiving/inbox_policy`, per server. The numbers stand in `models/limits`.
"""

from aiohttp import web
from aiohttp.typedefs import Handler

from models.limits import NETWORK_READS, SERVER_READS, UNPROVEN_POSTS, Limit
from web.http.accept import asks_for_document
from web.http.client_address import peer_network
from web.middlewares.rate_limits import RATE_LIMITS, format_retry_after
from web.middlewares.whole_requests import FOUND, NOTHING
from web.security.session import SAFE_METHODS

FOR_SERVERS = ("/users/", "/territories")
"""Under which addresses documents stand whose readers are counted."""

POSTED_TO = ("/inbox", "/users/coop/stolen_bikes", "/users/coop/looks")
"""Where servers post, and cost us before they prove who they are."""

PROVEN = web.RequestKey("proven", bool)
"""Whether it was shown who sends this."""


@web.middleware
async def peer_rate_limit_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse networks that send or read too much without saying who they are."""
    if request.app[RATE_LIMITS].limits is None:
        return await handler(request)
    if request.method == "POST" and request.path.endswith(POSTED_TO):
        return await take_post(request, handler, peer_network(request))
    if request.method in SAFE_METHODS and (request.path.startswith(FOR_SERVERS) or asks_for_document(request)):
        network = peer_network(request)
        if network is not None:
            _count_read(request, NETWORK_READS, network)
    return await handler(request)


async def take_post(request: web.Request, handler: Handler, network: str | None) -> web.StreamResponse:
    """Answer what this network posts, unless it posted too much that proved nothing; None is counted nowhere."""
    counter = request.app[RATE_LIMITS].counter
    if network is None or request.app[RATE_LIMITS].limits is None:
        return await handler(request)
    if not request.get(FOUND, NOTHING).spent and not counter.spend(UNPROVEN_POSTS, network):
        raise web.HTTPTooManyRequests(headers={"Retry-After": str(UNPROVEN_POSTS.seconds)})
    response = await handler(request)
    if request.get(PROVEN, False):
        counter.give_back(UNPROVEN_POSTS, network)
    return response


def note_signer(request: web.Request, host: str) -> None:
    """A request to read turned out to be signed by this server: it counts as theirs, no longer as their network's.

    Raises HTTPTooManyRequests.
    """
    if request.app[RATE_LIMITS].limits is None:
        return
    network = peer_network(request)
    if network is not None:
        request.app[RATE_LIMITS].counter.give_back(NETWORK_READS, network)
    _count_read(request, SERVER_READS, host)


def _count_read(request: web.Request, limit: Limit, key: str) -> None:
    counter = request.app[RATE_LIMITS].counter
    if not counter.spend(limit, key):
        raise web.HTTPTooManyRequests(headers={"Retry-After": format_retry_after(counter, limit)})
