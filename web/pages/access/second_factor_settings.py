"""How a member enters: an application for codes, passkeys, recovery codes; all of it after a proof that it is she."""

from aiohttp import web

from federation.own_keys.secret_box import decrypt_secret, encrypt_secret
from models.access import login_steps, passkeys, second_factors, sessions
from models.errors import Conflict, Invalid
from models.people.accounts import Account
from models.store.database import connection, transaction
from web.forms.form import Form, blank_form, read_form
from web.forms.throttle import may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.http.caching import forbid_caching
from web.http.row_ids import find_id
from web.pages.access.login_second_step import ANSWER_FIELD, STEP_FIELD, check_totp
from web.pages.access.reauthentication import find_proof, require_proof
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, find_branding, render
from web.security.passkeys import make_registration_options, verify_registration
from web.security.session import current_session, require_account
from web.security.totp import make_recovery_codes, make_secret, write_address

HERE = "/compte/securite"

NAME_LIMIT = 60

SAID = {
    "application": N_("L’application de codes est en place : on vous demandera un code à chaque connexion."),
    "no_application": N_("L’application de codes est retirée."),
    "passkey": N_("Votre clé d’accès est en place."),
    "no_passkey": N_("Cette clé d’accès est retirée."),
}


async def show_security(request: web.Request) -> web.Response:
    """GET /compte/securite."""
    return await _show(request, blank_form(request))


async def post_confirm(request: web.Request) -> web.Response:
    """POST /compte/securite: the proof that it is she, which opens the page for a quarter of an hour."""
    session = current_session(request)
    form = await read_form(request)
    await require_proof(request, form, HERE)
    if not form.ok or session is None:
        return await _show(request, form, status=422)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await sessions.confirm(conn, session)
    raise web.HTTPSeeOther(HERE)


async def require_confirmed(request: web.Request) -> Account:
    """Who is logged in, if she showed just now that it is she; else the way to where that is asked for."""
    account = require_account(request)
    if not await _is_unlocked(request):
        raise web.HTTPSeeOther(HERE)
    return account


async def _is_unlocked(request: web.Request) -> bool:
    session = current_session(request)
    return session is not None and (session.is_confirmed or await find_proof(request) == "none")


async def post_totp(request: web.Request) -> web.Response:
    """POST /compte/securite/application: a new secret, for the application to photograph."""
    account = await require_confirmed(request)
    form = await read_form(request)
    sealed = encrypt_secret(request.app[INSTANCE].settings, make_secret().encode(), owner=account.actor_id)
    async with transaction(request.app[INSTANCE].pool) as conn:
        if not await second_factors.begin_totp(conn, account.actor_id, sealed):
            raise web.HTTPSeeOther(HERE)
    return await _show_totp(request, account, form)


async def post_totp_code(request: web.Request) -> web.Response:
    """POST /compte/securite/application/code: the first code shows that the application has the secret."""
    account = await require_confirmed(request)
    form = await read_form(request)
    if not await may_try(request, "second", f"account {account.actor_id}"):
        refuse_try(form, "code", "second")
        return await _show_totp(request, account, form, status=429)
    async with transaction(request.app[INSTANCE].pool) as conn:
        right = await check_totp(request, conn, account.actor_id, form.typed("code"), confirmed=False)
    if not right:
        form.fail("code", "Ce n’est pas le bon code. L’heure de votre téléphone est-elle juste ?")
        return await _show_totp(request, account, form, status=422)
    return await _finish(request, account, "application")


async def post_totp_removal(request: web.Request) -> web.Response:
    """POST /compte/securite/application/retirer."""
    account = await require_confirmed(request)
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await second_factors.remove_totp(conn, account.actor_id)
    raise redirect_with_message(HERE, "no_application")


async def post_passkey(request: web.Request) -> web.Response:
    """POST /compte/securite/cle: the page on which the device makes a key, and the key that it made."""
    account = await require_confirmed(request)
    form = await read_form(request)
    name = form.text("name", limit=NAME_LIMIT, missing="Donnez un nom à cette clé, pour la reconnaître.")
    if not form.ok:
        return await _show(request, form, status=422)
    if not form.typed(ANSWER_FIELD):
        return await _show_passkey(request, account, form)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            step = await login_steps.find(conn, "register", form.typed(STEP_FIELD))
            if step is None or step.actor_id != account.actor_id or not await login_steps.finish(conn, step):
                raise Invalid
            site = request.app[INSTANCE].site
            made = verify_registration(site, form.typed(ANSWER_FIELD), challenge=step.challenge, name=name)
            await passkeys.save(conn, account.actor_id, made)
    except (Invalid, Conflict):
        form.fail("", "Cette clé n’a pas pu être gardée. Recommencez, ou prenez-en une autre.")
        return await _show_passkey(request, account, form, status=422)
    return await _finish(request, account, "passkey")


async def post_passkey_removal(request: web.Request) -> web.Response:
    """POST /compte/securite/cle/retirer."""
    account = await require_confirmed(request)
    key_id = find_id((await read_form(request)).typed("passkey"))
    if key_id is not None:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await passkeys.remove(conn, account.actor_id, key_id)
    raise redirect_with_message(HERE, "no_passkey")


async def post_codes(request: web.Request) -> web.Response:
    """POST /compte/securite/secours: new recovery codes; the old ones are worth nothing any more."""
    account = await require_confirmed(request)
    await read_form(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        asked_for = (await second_factors.find(conn, account.actor_id)).asked_for
    if not asked_for:
        raise web.HTTPSeeOther(HERE)
    return await _show_codes(request, account)


async def _finish(request: web.Request, account: Account, done: str) -> web.Response:
    """With the first second proof come the recovery codes."""
    async with connection(request.app[INSTANCE].pool) as conn:
        has_codes = (await second_factors.find(conn, account.actor_id)).codes_left > 0
    if has_codes:
        raise redirect_with_message(HERE, done)
    return await _show_codes(request, account)


async def _show_codes(request: web.Request, account: Account) -> web.Response:
    codes = make_recovery_codes()
    async with transaction(request.app[INSTANCE].pool) as conn:
        await second_factors.replace_codes(conn, account.actor_id, codes)
    return forbid_caching(await render(request, "account/recovery_codes.html", codes=codes))


async def _show_totp(request: web.Request, account: Account, form: Form, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        kept = await second_factors.find_totp(conn, account.actor_id)
        branding = await find_branding(request, conn)
    if kept is None or kept.confirmed_at is not None:
        raise web.HTTPSeeOther(HERE)
    secret = decrypt_secret(request.app[INSTANCE].settings, kept.secret, owner=account.actor_id).decode()
    name = f"{account.username}@{request.app[INSTANCE].site.host}"
    page = await render(
        request,
        "account/totp.html",
        status=status,
        form=form,
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        address=write_address(secret, account=name, issuer=branding.name),
    )
    return forbid_caching(page)


async def _show_passkey(request: web.Request, account: Account, form: Form, status: int = 200) -> web.Response:
    async with transaction(request.app[INSTANCE].pool) as conn:
        token, step = await login_steps.begin(conn, "register", account.actor_id)
        known = await passkeys.list_of(conn, account.actor_id)
        branding = await find_branding(request, conn)
    options = make_registration_options(
        request.app[INSTANCE].site, account, known, coop=branding.name, challenge=step.challenge
    )
    return await render(
        request, "account/passkey.html", status=status, form=form, token=token, options=options, name=form.typed("name")
    )


async def _show(request: web.Request, form: Form, status: int = 200) -> web.Response:
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        factors = await second_factors.find(conn, account.actor_id)
        totp = await second_factors.find_totp(conn, account.actor_id)
        known = await passkeys.list_of(conn, account.actor_id)
    begun = [totp.confirmed_at] if totp and totp.confirmed_at else []
    return await render(
        request,
        "account/security.html",
        status=status,
        form=form,
        factors=factors,
        passkeys=known,
        since=min([*begun, *(one.created_at for one in known)], default=None),
        totp_since=begun[0] if begun else None,
        proof=await find_proof(request),
        unlocked=await _is_unlocked(request),
        said=find_flash_message(request, SAID),
    )
