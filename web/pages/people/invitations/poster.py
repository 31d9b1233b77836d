"""One invitation: its link, and the poster that is printed."""

from aiohttp import web

from models.people.invitations import invitations
from models.people.invitations.invitations import Invitation
from models.store.database import transaction
from web.http.app_keys import INSTANCE
from web.http.caching import forbid_caching
from web.rendering.render import render
from web.security.invitation_links import make_address

SIZES = ("a4", "a5")


async def render_poster(request: web.Request, invitation: Invitation, *, back: str) -> web.Response:
    """The page of one invitation; `?format=a5` prints it smaller."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        link = await make_address(conn, instance, invitation.id, invitation.turn)
        came = await invitations.list_invited(conn, [invitation.id])
    size = request.query.get("format", "")
    page = await render(
        request,
        "invitations/one.html",
        invitation=invitation,
        link=link,
        came=came,
        size=size if size in SIZES else SIZES[0],
        back=back,
    )
    return forbid_caching(page)
