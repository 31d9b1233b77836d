"""The owner keeps days of a listing to herself, or gives them back."""

from datetime import date

from aiohttp import web

from models.errors import Conflict, Invalid, NotFound
from models.listings.listings import Listing
from models.people import actors
from models.store.database import connection, transaction
from outbox.listings import unavailabilities
from web.forms.date_field import read_day
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_by_id import get_listing
from web.pages.listings.listing_page import show_again
from web.rendering.paths import listing_path
from web.security.session import require_account

FIELDS = {"first": "days_from", "last": "days_until"}


async def post_days(request: web.Request) -> web.Response:
    """POST /annonces/d/ID/jours. Raises NotFound for others' listings."""
    account, form = require_account(request), await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        listing = await get_listing(conn, request)
    if listing.post.author_id != account.actor_id:
        raise NotFound
    taken_back = form.typed("give_back")
    if taken_back:
        async with transaction(instance.pool) as conn:
            me = await actors.get(conn, account.actor_id)
            await unavailabilities.give_back(conn, me, listing.uri, read_id(taken_back))
    else:
        await _keep(request, form, listing)
    if not form.ok:
        return await show_again(request, listing, refused=form)
    raise redirect_with_message(listing_path(instance.site, listing), "days", part="days")


async def _keep(request: web.Request, form: Form, listing: Listing) -> None:
    first = read_day(form, "days_from", missing="Dites à partir de quel jour.")
    last = read_day(form, "days_until") or first
    if first is None or last is None or not form.ok:
        return
    await _save(request, form, listing, (first, last))


async def _save(request: web.Request, form: Form, listing: Listing, days: tuple[date, date]) -> None:
    account = require_account(request)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            me = await actors.get(conn, account.actor_id)
            await unavailabilities.keep_days(conn, me, listing.uri, *days)
    except (Invalid, Conflict) as error:
        form.refuse(FIELDS.get(error.field or "", "days_from"), error)
