"""`keeping`: a view whose form is not lost when the session, or the page itself, ended while somebody filled it in."""

from functools import wraps

from aiohttp import web
from aiohttp.typedefs import Handler

from web.pages.login import show_again
from web.pages.typed import keep_stale, read_sent
from web.render import render
from web.session import SignInFirst, StaleForm, asked_page


def keeping(view: Handler) -> Handler:
    """Answer a form sent without a session with the log-in page, which carries what was typed.

    One whose token is of another session, or of no cookie any more, comes back to be sent again by a tap.
    """

    @wraps(view)
    async def keep(request: web.Request) -> web.StreamResponse:
        try:
            return await view(request)
        except SignInFirst as first:
            typed = await read_sent(request)
            if typed is None:
                raise
            return await show_again(request, typed, first.return_to)
        except StaleForm as stale:
            typed = keep_stale(request, stale)
            if typed is None:
                raise
            return await render(request, "login/resume.html", status=403, typed=typed, return_to=asked_page(request))

    return keep
