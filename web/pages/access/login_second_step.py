"""The one way in, whatever the first proof was: the second one where the account asks for it, then the session."""

from datetime import UTC, datetime
from urllib.parse import quote

from aiohttp import web

from federation.own_keys.secret_box import decrypt_secret
from models.access import login_steps, passkeys, second_factors
from models.access.login_steps import LoginStep
from models.errors import Invalid
from models.people import accounts
from models.people.accounts import Account
from models.store.database import Connection, connection, transaction
from web.forms.form import Form, read_form
from web.forms.throttle import forget_tries, may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.pages.access.unsaved_form import TYPED_FIELD, decode_unsaved_form
from web.rendering.render import render
from web.security.documents_due import PAGE as ASKED
from web.security.passkeys import find_credential_id, make_authentication_options, verify_authentication
from web.security.session import logged_in, open_session, read_local_path
from web.security.standing import HOMES
from web.security.totp import find_time_step, read_code

RETURN_FIELD = "back"

STEP_FIELD = "step"

ANSWER_FIELD = "answer"


def read_return(form: Form) -> str:
    """Where to go afterwards: a page of ours, the home page if none was asked for."""
    return read_local_path(form.typed(RETURN_FIELD))


def read_asked_return(request: web.Request) -> str:
    """The same as the address says it, in `?retour=`."""
    return read_local_path(request.query.get("retour", ""))


async def complete_login(
    request: web.Request, account: Account, form: Form, *, without_password: bool = False
) -> web.Response:
    """Somebody's first proof was right: log her in on this browser, or ask for the second."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        factors = await second_factors.find(conn, account.actor_id)
        if not factors.asked_for:
            await open_session(request, conn, account, without_password=without_password)
        else:
            token, step = await login_steps.begin(conn, "second", account.actor_id, without_password=without_password)
    return await (_show(request, form, token, step) if factors.asked_for else redirect_after_login(request, form))


async def redirect_after_login(request: web.Request, form: Form) -> web.Response:
    """Where somebody is led who is logged in now: what she typed before comes back first, then what is asked of her."""
    typed = decode_unsaved_form(form)
    if typed is not None:
        return await render(request, "login/resume.html", typed=typed, return_to=read_return(form))
    account, return_to = logged_in(request), read_return(form)
    if account is None:
        raise web.HTTPSeeOther(return_to)
    if return_to == "/" and account.standing != "full":
        return_to = HOMES[account.standing]
    elif account.documents_due_at is not None and account.standing == "full":
        return_to = f"{ASKED}?retour={quote(return_to, safe='')}"
    raise web.HTTPSeeOther(return_to)


async def post_second(request: web.Request) -> web.Response:
    """POST /connexion/verification: a code of the application, a passkey, or a recovery code."""
    form = await read_form(request)
    token = form.typed(STEP_FIELD)
    async with connection(request.app[INSTANCE].pool) as conn:
        step = await login_steps.find(conn, "second", token)
        account = await accounts.find(conn, step.actor_id) if step and step.actor_id is not None else None
    if step is None or account is None or account.disabled_at is not None:
        return await render(request, "login/late.html", status=422, return_to=read_return(form))
    who = f"account {account.actor_id}"
    if not await may_try(request, "second", who):
        refuse_try(form, "code", "second")
        return await _show(request, form, token, step, status=429)
    async with transaction(request.app[INSTANCE].pool) as conn:
        right = await _prove(request, conn, step, form) and await login_steps.finish(conn, step)
        if right:
            await open_session(request, conn, account, without_password=step.without_password)
    if not right:
        form.fail("code", "Ce n’est pas le bon. Attendez le code suivant, ou prenez un code de secours.")
        return await _show(request, form, token, step, status=422)
    await forget_tries(request, "second", who)
    return await redirect_after_login(request, form)


async def _prove(request: web.Request, conn: Connection, step: LoginStep, form: Form) -> bool:
    """Whether the second proof is right; it is used up."""
    assert step.actor_id is not None, "a second proof is somebody's"
    if answer := form.typed(ANSWER_FIELD):
        return await check_passkey(request, conn, step, answer) is not None
    code = form.text("code", limit=60)
    if read_code(code) is None:
        return await second_factors.use_code(conn, step.actor_id, code)
    return await check_totp(request, conn, step.actor_id, code, confirmed=True)


async def check_totp(request: web.Request, conn: Connection, actor_id: int, code: str, *, confirmed: bool) -> bool:
    """Whether this is a code of now that was not used yet; `confirmed`, of an application that showed one before."""
    kept = await second_factors.find_totp(conn, actor_id)
    if kept is None or (kept.confirmed_at is not None) is not confirmed:
        return False
    secret = decrypt_secret(request.app[INSTANCE].settings, kept.secret, owner=actor_id).decode()
    now = find_time_step(secret, code, datetime.now(UTC))
    return now is not None and await second_factors.use_totp(conn, actor_id, now)


async def check_passkey(request: web.Request, conn: Connection, step: LoginStep, answer: str) -> int | None:
    """Whose passkey signed the step's challenge: of its account, or of anybody where the step is nobody's yet."""
    try:
        passkey = await passkeys.find(conn, find_credential_id(answer))
        if passkey is None or step.actor_id not in {None, passkey.actor_id}:
            return None
        site, alone = request.app[INSTANCE].site, step.actor_id is None
        count = verify_authentication(site, answer, passkey, challenge=step.challenge, alone=alone)
    except Invalid:
        return None
    await passkeys.note_use(conn, passkey.id, count)
    return passkey.actor_id


async def _show(request: web.Request, form: Form, token: str, step: LoginStep, *, status: int = 200) -> web.Response:
    assert step.actor_id is not None, "a second proof is somebody's"
    async with connection(request.app[INSTANCE].pool) as conn:
        factors = await second_factors.find(conn, step.actor_id)
        known = await passkeys.list_of(conn, step.actor_id)
    options = make_authentication_options(request.app[INSTANCE].site, known, challenge=step.challenge) if known else ""
    return await render(
        request,
        "login/second.html",
        status=status,
        form=form,
        token=token,
        factors=factors,
        options=options,
        packed=form.typed(TYPED_FIELD),
        return_to=read_return(form),
    )
