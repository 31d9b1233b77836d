"""Log in by password or by a link in a mail, and log out."""

from urllib.parse import quote

from aiohttp import web

from models.people import accounts, sign_ups
from models.people.accounts import Account
from models.people.arrivals import waiting_accounts
from models.people.sign_ups import SignUp
from models.store.database import Connection, connection, transaction
from web.forms.form import Form, blank_form, read_form, read_query
from web.forms.throttle import forget_tries, may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.http.caching import CLEAR_BROWSER
from web.mail.account_mails import MailKind, queue_mail
from web.pages.access.login_second_step import RETURN_FIELD, complete_login, read_asked_return, read_return
from web.pages.access.oauth_request import find_asking
from web.pages.access.unsaved_form import TYPED_FIELD, UnsavedForm, decode_unsaved_form, encode_unsaved_form
from web.rendering.render import render
from web.security.passwords import check_password, hash_password, needs_rehash
from web.security.session import close_session, logged_in, open_session


def has_mail(request: web.Request) -> bool:
    """Whether this instance can send mails; without that, what needs them is not shown."""
    return request.app[INSTANCE].settings.smtp_url is not None


async def show_login(request: web.Request) -> web.Response:
    """GET /connexion; `encore` is for somebody who wants to enter as somebody else."""
    query = read_query(request)
    return_to = read_asked_return(request)
    if logged_in(request) is not None and not query.flag("encore"):
        raise web.HTTPSeeOther(return_to)
    return await _show(request, blank_form(request, {RETURN_FIELD: return_to}))


async def show_again(request: web.Request, typed: UnsavedForm, return_to: str) -> web.Response:
    """The page to somebody whose session ended while she typed: it carries what she sent."""
    form = blank_form(request, {RETURN_FIELD: return_to, TYPED_FIELD: encode_unsaved_form(typed)})
    return await _show(request, form, status=403)


async def post_login(request: web.Request) -> web.Response:
    """POST /connexion: a user name or an address, and a password."""
    form = await read_form(request)
    login = form.text("login", limit=254, missing="Donnez votre nom de membre ou votre courriel.")
    password = form.secret("password")
    if not password:
        form.fail("password", "Donnez votre mot de passe.")
    if not form.ok:
        return await _show(request, form, status=422)
    if not await may_try(request, "login", login):
        refuse_try(form, "", "login")
        return await _show(request, form, status=429)
    account = await _check(request, form, login, password)
    if account is None:
        return await _show(request, form, status=422)
    await forget_tries(request, "login", login)
    if has_mail(request) and not await _has_confirmed(request, account):
        async with transaction(request.app[INSTANCE].pool) as conn:
            await queue_mail(conn, "confirm", account.actor_id, read_return(form))
        return await render(request, "login/confirm.html", email=account.email)
    return await complete_login(request, account, form)


async def _has_confirmed(request: web.Request, account: Account) -> bool:
    async with connection(request.app[INSTANCE].pool) as conn:
        return await waiting_accounts.has_confirmed(conn, account)


async def _check(request: web.Request, form: Form, login: str, password: str) -> Account | None:
    """The account, if the password is right. A wrong name and a wrong password look and last the same."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        account = await accounts.find_by_login(conn, login)
        asked = None if account else await sign_ups.find_by_login(conn, login)
        password_hash = await _find_password_hash(conn, account, asked)
    right = await check_password(password_hash, password)
    if right and asked is not None:
        form.fail("", "Votre demande attend encore : quelqu’un de la coop la lira bientôt.")
        return None
    if not right or account is None or password_hash is None:
        form.fail("", "Ce nom et ce mot de passe ne vont pas ensemble. Vérifiez l’un et l’autre.")
        return None
    if account.disabled_at is not None:
        form.fail("", "Ce compte est fermé. Parlez-en à votre coop.")
        return None
    if needs_rehash(password_hash):
        stronger = await hash_password(password)
        async with transaction(instance.pool) as conn:
            await accounts.set_password(conn, account.actor_id, stronger)
    return account


async def _find_password_hash(conn: Connection, account: Account | None, asked: SignUp | None) -> str | None:
    """Of a member, or of somebody who asked to be one."""
    if account is not None:
        return await accounts.find_password_hash(conn, account.actor_id)
    return await sign_ups.find_password_hash(conn, asked.id) if asked is not None else None


async def log_in(request: web.Request, account: Account) -> None:
    """Log this account in on this browser."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await open_session(request, conn, account)


async def post_link(request: web.Request) -> web.Response:
    """POST /connexion/lien: a log-in link by mail. Whether there is such an account is told by the mail only."""
    form = await read_form(request)
    return await send_link(request, form, "login") or await _show(request, form, status=422)


async def show_forgotten(request: web.Request) -> web.Response:
    """GET /mot-de-passe-oublie."""
    require_mail(request)
    return await render(request, "login/forgotten.html", form=blank_form(request))


async def post_forgotten(request: web.Request) -> web.Response:
    """POST /mot-de-passe-oublie: a link to choose a new password, by mail."""
    form = await read_form(request)
    answer = await send_link(request, form, "password")
    return answer or await render(request, "login/forgotten.html", status=422, form=form)


async def send_link(request: web.Request, form: Form, kind: MailKind) -> web.Response | None:
    """Queue the mail, if anybody here answers to what was typed; None when nothing was typed."""
    require_mail(request)
    login = form.text("email", limit=254, missing="Donnez votre courriel.")
    if not form.ok:
        return None
    if await may_try(request, "mail", login):
        async with transaction(request.app[INSTANCE].pool) as conn:
            account = await accounts.find_by_login(conn, login)
            if account is not None and account.disabled_at is None:
                await queue_mail(conn, kind, account.actor_id, read_return(form))
    return await render(request, "login/sent.html", kind=kind, email=login)


def require_mail(request: web.Request) -> None:
    """Raise the answer 404 where this instance sends no mails."""
    if not has_mail(request):
        raise web.HTTPNotFound


async def post_logout(request: web.Request) -> web.Response:
    """POST /deconnexion."""
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await close_session(request, conn)
    raise web.HTTPSeeOther("/", headers=CLEAR_BROWSER)


async def _show(request: web.Request, form: Form, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        asking = await find_asking(conn, read_return(form))
    return await render(
        request,
        "login/show.html",
        status=status,
        form=form,
        asking=asking,
        mail=has_mail(request),
        typed=decode_unsaved_form(form),
        packed=form.typed(TYPED_FIELD),
        return_to=read_return(form),
        return_query=quote(read_return(form), safe=""),
    )
