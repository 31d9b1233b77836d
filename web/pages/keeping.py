"""`keeping`: a view whose form is not lost when the session, or the page itself, ended while somebody filled it in."""

from functools import wraps

from aiohttp import web
from aiohttp.typedefs import Handler

from web.forms import TooHeavy
from web.pages.login import show_again
from web.pages.typed import keep_read, read_sent
from web.render import render
from web.session import SignInFirst, StaleForm, asked_page


def keeping(view: Handler) -> Handler:
    """Answer a form sent without a session with the log-in page, which carries what was typed.

    One whose token is of another session, or of no cookie any more, comes back to be sent again by a tap; so do the
    words that came with pictures that are too heavy.
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
        except (StaleForm, TooHeavy) as refused:
            typed = keep_read(request, refused)
            if typed is None:
                raise
            status, return_to = refused.status, asked_page(request)
            return await render(request, "login/resume.html", status=status, typed=typed, return_to=return_to)

    return keep
