"""What the author of a call does in one tap while nobody comes: tell the next ones at once, or ask once more."""

from aiohttp import web

from models.errors import Conflict
from models.listings.listings import Listing
from models.people import actors
from models.store.database import connection, transaction
from outbox.repairs.calls import waves
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_by_id import get_listing
from web.pages.listings.listing_page import show_again
from web.rendering.paths import listing_path
from web.security.session import require_account


async def post_wider(request: web.Request) -> web.Response:
    """POST /annonces/d/ID/elargir. Raises NotFound for others' listings, and for what is no call."""
    return await _act(request, "wider")


async def post_again(request: web.Request) -> web.Response:
    """POST /annonces/d/ID/relancer. Raises NotFound for others' listings, and for what is no call."""
    return await _act(request, "again")


async def _act(request: web.Request, verb: str) -> web.Response:
    account, instance = require_account(request), request.app[INSTANCE]
    form = await read_form(request)
    async with connection(instance.pool) as conn:
        listing = await get_listing(conn, request)
    try:
        async with transaction(instance.pool) as conn:
            author = await actors.get(conn, account.actor_id)
            act = waves.widen_now if verb == "wider" else waves.renew
            await act(conn, instance.site, author, listing.uri)
    except Conflict as error:
        return await _refuse(request, listing, form, error)
    raise redirect_with_message(listing_path(instance.site, listing), verb)


async def _refuse(request: web.Request, listing: Listing, form: Form, error: Conflict) -> web.Response:
    form.refuse("", error)
    return await show_again(request, listing, refused=form)
