"""The member's phone number, kept here so that she can give it in a thread by a tap."""

from aiohttp import web

from models.people import phone_numbers
from models.store.database import connection, transaction
from web.forms.form import Form, blank_form, read_form
from web.forms.phone_field import read_phone
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.rendering.render import render
from web.security.session import require_account


async def show_phone(request: web.Request) -> web.Response:
    """GET /compte/telephone."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        phone = await phone_numbers.find_phone(conn, account.actor_id)
    return await _show(request, blank_form(request, {"phone": phone}))


async def post_phone(request: web.Request) -> web.Response:
    """POST /compte/telephone: an empty field forgets it."""
    account = require_account(request)
    form = await read_form(request)
    phone = read_phone(form)
    if not form.ok:
        return await _show(request, form)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await phone_numbers.set_phone(conn, account.actor_id, phone)
    raise redirect_with_message("/compte", "phone")


async def _show(request: web.Request, form: Form) -> web.Response:
    return await render(request, "account/phone.html", status=200 if form.ok else 422, form=form)
