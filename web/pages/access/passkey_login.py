"""Log in with a passkey alone: the device holds the key and knows its owner, so that no second proof is asked for."""

from aiohttp import web

from models.access import login_steps
from models.people import accounts
from models.people.accounts import Account
from models.store.database import transaction
from web.forms.form import Form, read_form
from web.forms.throttle import may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.pages.access.login_second_step import (
    ANSWER_FIELD,
    STEP_FIELD,
    check_passkey,
    read_return,
    redirect_after_login,
)
from web.pages.access.unsaved_form import TYPED_FIELD
from web.rendering.render import render
from web.security.passkeys import make_authentication_options
from web.security.session import open_session


async def post_passkey(request: web.Request) -> web.Response:
    """POST /connexion/cle: the page that asks the device, and what the device answered."""
    form = await read_form(request)
    if not await may_try(request, "passkey", ""):
        refuse_try(form, "", "passkey")
        return await _show(request, form, status=429)
    if not form.typed(ANSWER_FIELD):
        return await _show(request, form)
    account = await _log_in(request, form)
    if account is None:
        form.fail("", "Cette clé ne nous dit rien. Recommencez, ou entrez autrement.")
        return await _show(request, form, status=422)
    return await redirect_after_login(request, form)


async def _log_in(request: web.Request, form: Form) -> Account | None:
    """Log in whose key it is."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        step = await login_steps.find(conn, "passkey", form.typed(STEP_FIELD))
        if step is None or not await login_steps.finish(conn, step):
            return None
        actor_id = await check_passkey(request, conn, step, form.typed(ANSWER_FIELD))
        account = await accounts.find(conn, actor_id) if actor_id is not None else None
        if account is None or account.disabled_at is not None:
            return None
        await open_session(request, conn, account, without_password=True)
    return account


async def _show(request: web.Request, form: Form, status: int = 200) -> web.Response:
    """Each time with a challenge of its own; none is made for who asks too often."""
    token, options = "", ""
    if status != 429:
        async with transaction(request.app[INSTANCE].pool) as conn:
            token, step = await login_steps.begin(conn, "passkey")
        options = make_authentication_options(request.app[INSTANCE].site, (), challenge=step.challenge)
    return await render(
        request,
        "login/passkey.html",
        status=status,
        form=form,
        token=token,
        options=options,
        packed=form.typed(TYPED_FIELD),
        return_to=read_return(form),
    )
