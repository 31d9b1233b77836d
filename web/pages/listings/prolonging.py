"""The page behind the button of a mail: a listing stands longer, for whoever has the mail, logged in or not."""

from aiohttp import web

from models.errors import Conflict
from models.listings import listings
from models.listings.listings import Listing
from models.store.database import transaction
from outbox.listings import listing_expiry
from web.forms.form import Form, blank_form
from web.http.app_keys import INSTANCE
from web.http.caching import forbid_caching
from web.mail.prolong_links import find_prolonging
from web.rendering.paths import listing_path
from web.rendering.render import render

SETTLED = ("fulfilled", "cancelled")
"""States that its author chose: no mail from before undoes them."""


async def show_prolonging(request: web.Request) -> web.Response:
    """GET /annonces/prolonger/TOKEN: asks, and changes nothing: programs that look at links in mails come here too."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        listing, _, current = await find_prolonging(conn, instance, request.match_info["token"])
    return await _show(request, listing, blank_form(request), done=not current)


async def post_prolonging(request: web.Request) -> web.Response:
    """POST /annonces/prolonger/TOKEN: the token is all that it takes; a second time it is no error."""
    instance, form = request.app[INSTANCE], blank_form(request)
    try:
        async with transaction(instance.pool) as conn:
            listing, author, current = await find_prolonging(conn, instance, request.match_info["token"])
            end = listing.details.expires_at
            if current and end is not None and listing.details.status not in SETTLED:
                await listing_expiry.prolong_from(conn, instance.site, author, listing.uri, end)
                listing = await listings.get_own(conn, listing.uri, author.id)
    except Conflict as error:
        form.refuse("", error)
    return await _show(request, listing, form, done=form.ok)


async def _show(request: web.Request, listing: Listing, form: Form, *, done: bool) -> web.Response:
    answer = await render(
        request,
        "listings/prolonging.html",
        status=200 if form.ok else 409,
        form=form,
        title=listing.details.title,
        ends_at=listing.details.expires_at,
        href=listing_path(request.app[INSTANCE].site, listing),
        over=listing.details.status in SETTLED or (done and listing.details.status == "expired"),
        ended=listing.details.status == "expired",
        done=done,
    )
    forbid_caching(answer)
    return answer
