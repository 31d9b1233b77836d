"""`keeping`: a view whose form is not lost when the session ended while somebody filled it in."""

from functools import wraps

from aiohttp import web
from aiohttp.typedefs import Handler

from web.pages.login import show_again
from web.pages.typed import read_sent
from web.session import SignInFirst


def keeping(view: Handler) -> Handler:
    """Answer a form sent without a session with the log-in page, which carries what was typed."""

    @wraps(view)
    async def keep(request: web.Request) -> web.StreamResponse:
        try:
            return await view(request)
        except SignInFirst as first:
            typed = await read_sent(request)
            if typed is None:
                raise
            return await show_again(request, typed, first.return_to)

    return keep
