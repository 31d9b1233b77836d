"""Somebody follows an invitation: the form to join, or what became of it and how to ask otherwise."""

from aiohttp import web

from models.people import sign_ups
from models.store.database import connection
from web.forms.form import blank_form
from web.forms.way_in import INVITATION_FIELD
from web.http.app_keys import INSTANCE
from web.pages.people.registration import show_form
from web.rendering.render import render
from web.security.invitation_links import find_invitation
from web.security.session import current_account


async def show_invitation(request: web.Request) -> web.Response:
    """GET /invitation/{token}."""
    instance, token = request.app[INSTANCE], request.match_info["token"]
    async with connection(instance.pool) as conn:
        found = await find_invitation(conn, instance, token)
        mode = await sign_ups.find_registration(conn)
    state = found.state if found is not None else "unknown"
    if current_account(request) is not None or state != "open":
        status = 200 if state == "open" else 410
        page = await render(request, "invitations/followed.html", status=status, state=state, mode=mode)
    else:
        page = await show_form(request, blank_form(request, {INVITATION_FIELD: token}))
    page.headers["X-Robots-Tag"] = "noindex"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page
