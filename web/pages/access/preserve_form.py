"""A view whose form is not lost when the session, or the page itself, ended while somebody filled it in."""

from functools import wraps

from aiohttp import web
from aiohttp.typedefs import Handler

from models.lazy import lazily
from web.forms.form import TooHeavy
from web.pages.access.unsaved_form import read_refused_form, read_unsaved_form
from web.rendering.render import render
from web.security.session import LoginRequired, StaleForm, asked_page

with lazily():  # most forms find the session that they need
    from web.pages.access import login


def preserve_form(view: Handler) -> Handler:
    """Answer a form sent without a session with the log-in page, which carries what was typed.

    One whose token is of another session, or of no cookie any more, comes back to be sent again by a tap; so do the
    words that came with pictures that are too heavy.
    """

    @wraps(view)
    async def keep(request: web.Request) -> web.StreamResponse:
        try:
            return await view(request)
        except LoginRequired as first:
            typed = await read_unsaved_form(request)
            if typed is None:
                raise
            return await login.show_again(request, typed, first.return_to)
        except (StaleForm, TooHeavy) as refused:
            typed = read_refused_form(request, refused)
            if typed is None:
                raise
            status, return_to = refused.status, asked_page(request)
            return await render(request, "login/resume.html", status=status, typed=typed, return_to=return_to)

    return keep
