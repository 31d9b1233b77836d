"""The member moves to another e-mail address, which she confirms where mails can be sent."""

from aiohttp import web

from models.errors import Conflict
from models.people import accounts
from models.people.accounts import Account
from models.store.database import transaction
from web.forms.form import Form, blank_form, read_form
from web.forms.throttle import may_try
from web.http.app_keys import INSTANCE
from web.mail.account_mails import queue_address_mail
from web.pages.access.login import has_mail
from web.pages.access.reauthentication import find_proof, require_proof
from web.pages.components.flash_messages import redirect_with_message
from web.rendering.render import render
from web.security.session import require_account

HERE = "/compte/courriel"


async def show_email_form(request: web.Request) -> web.Response:
    """GET /compte/courriel."""
    require_account(request)
    return await _show(request, blank_form(request))


async def post_email(request: web.Request) -> web.Response:
    """POST /compte/courriel: at once without a mail server, else after the link in a mail was followed."""
    account = require_account(request)
    form = await read_form(request)
    email = form.email("email", missing="Donnez votre courriel.")
    await require_proof(request, form, HERE)
    if form.ok and has_mail(request):
        return await _ask(request, account, email)
    if form.ok:
        try:
            async with transaction(request.app[INSTANCE].pool) as conn:
                await accounts.set_email(conn, account.actor_id, email)
            raise redirect_with_message("/compte", "email")
        except Conflict:
            form.fail("email", "Cette adresse a déjà un compte ici.")
    return await _show(request, form, status=422)


async def _ask(request: web.Request, account: Account, email: str) -> web.Response:
    """Whose the address is already is not told here."""
    if await may_try(request, "mail", email):
        async with transaction(request.app[INSTANCE].pool) as conn:
            if await accounts.find_by_email(conn, email) is None:
                await queue_address_mail(conn, account.actor_id, email)
    return await render(request, "account/email_sent.html", email=email)


async def _show(request: web.Request, form: Form, status: int = 200) -> web.Response:
    return await render(request, "account/email.html", status=status, form=form, proof=await find_proof(request))
