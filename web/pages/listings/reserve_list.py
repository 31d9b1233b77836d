"""The owner asks somebody of the list before her turn, from the page of her listing."""

from aiohttp import web

from models.errors import Conflict, Invalid
from models.people import actors
from models.store.database import connection, transaction
from outbox.exchanges.agreements import reserve
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_by_id import get_listing
from web.pages.listings.listing_page import show_again
from web.rendering.paths import listing_path
from web.security.session import require_account


async def post_call(request: web.Request) -> web.Response:
    """POST /annonces/d/ID/liste. Raises NotFound for others' listings and for whoever stands on no list."""
    account = require_account(request)
    form = await read_form(request)
    person_id = read_id(form.typed("person"))
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        listing = await get_listing(conn, request)
    try:
        async with transaction(instance.pool) as conn:
            owner = await actors.get(conn, account.actor_id)
            await reserve.call_instead(conn, instance.site, owner, listing.id, person_id)
    except (Conflict, Invalid) as error:
        form.refuse("", error)
        return await show_again(request, listing, refused=form)
    raise redirect_with_message(listing_path(instance.site, listing), "asked", part="echanges")
