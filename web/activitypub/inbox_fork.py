"""What is posted to an inbox leaves the chain of middlewares at once: the few things that concern it are done here.

It has an id, is waited for at a stop, counted and logged as every request, its errors become answers at the same place,
networks that prove nothing are counted, an instance that ended says so, and the workers are told. What is left out is
for those who read: sessions and their forms, limits of apps and of pages, questions of browsers, packing and tags.
"""

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from models.lazy import when_called
from models.settings import Settings
from web.http.app_keys import INSTANCE
from web.http.client_address import Asking, find_network, has_proxies, read_client_address
from web.middlewares.answers import add_vary
from web.middlewares.errors import answer_problem, find_problem, route_of
from web.middlewares.peer_rate_limits import take_post
from web.middlewares.requests import answer_counted
from web.middlewares.work_signals import WORK_SIGNAL

with when_called(globals()):  # the same function that the table of addresses names
    from web.activitypub import inbox

POST_INBOX = inbox.post_inbox


@web.middleware
async def inbox_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what is posted to an inbox; all else goes on."""
    if request.match_info.handler is not POST_INBOX:
        return await handler(request)
    return await answer_counted(request, _answer)


async def _answer(request: web.Request) -> web.StreamResponse:
    """The answer, whatever it is: never an exception but where nobody is there to read it."""
    try:
        network = find_sender_network(request, request.app[INSTANCE].settings)
        response = await take_post(request, _take, network)
    except Exception as error:
        problem = find_problem(route_of(request), error)
        if problem is None:
            raise
        response = await answer_problem(request, problem)
    if response.status < 400:
        request.app[WORK_SIGNAL].signal_received()
    else:
        add_vary(response, hdrs.ACCEPT_ENCODING)
    return response


def find_sender_network(asking: Asking, settings: Settings) -> str | None:
    """What counts as one server's, behind our proxies too."""
    trusted = settings.proxy_networks
    address = read_client_address(asking, trusted) if has_proxies(settings) else asking.remote
    return find_network(asking, address or "", trusted)


async def _take(request: web.Request) -> web.StreamResponse:
    response: web.StreamResponse = await POST_INBOX(request)
    return response
