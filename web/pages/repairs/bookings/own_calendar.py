"""The calendar that a shop keeps elsewhere: its address is typed once and never shown again, how reading it goes is."""

from aiohttp import web

from models.errors import Invalid
from models.store.database import transaction
from outbox.repairs.bookings.own_calendar import ADDRESS_LIMIT, follow_calendar, leave_calendar
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.repairs.bookings.book_page import home_of, show
from web.security.acting_shop import find_shop


async def post_calendar(request: web.Request) -> web.Response:
    """POST …/agenda: this calendar takes appointments away from now on."""
    acting = await find_shop(request)
    form = await read_form(request)
    address = form.text("address", limit=ADDRESS_LIMIT, missing="Collez l’adresse iCal de votre agenda.")
    if form.ok:
        try:
            async with transaction(request.app[INSTANCE].pool) as conn:
                await follow_calendar(conn, request.app[INSTANCE].settings, acting.actor, address)
            raise redirect_with_message(home_of(acting), "following")
        except Invalid as error:
            form.refuse(error.field or "", error)
    return await show(request, acting, form, status=422)


async def post_leaving(request: web.Request) -> web.Response:
    """POST …/agenda/retirer: it counts no more."""
    acting = await find_shop(request)
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await leave_calendar(conn, acting.actor)
    raise redirect_with_message(home_of(acting), "left")
