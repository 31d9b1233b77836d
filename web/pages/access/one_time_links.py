"""Links that act once: looked at with GET as often as mail scanners like, used with POST."""

from aiohttp import web

from models.access import one_time_links, sessions, tokens
from models.access.one_time_links import OneTimeLink
from models.errors import Conflict, Forbidden, Gone
from models.people import accounts
from models.people.accounts import Account
from models.people.arrivals import waiting_accounts
from models.store.database import Connection, connection, transaction
from outbox.people.accounts import confirm
from web.forms.form import Form, blank_form, read_form
from web.forms.password_field import read_new_password
from web.http.app_keys import INSTANCE
from web.pages.access.login import has_mail
from web.pages.access.login_second_step import RETURN_FIELD, complete_login, read_asked_return, read_return
from web.rendering.render import render
from web.security.passwords import hash_password
from web.security.session import require_account


async def show_link(request: web.Request) -> web.Response:
    """GET /lien/{token}: what the link does, and the button that does it."""
    found = await _find(request)
    if found is None:
        return await render(request, "login/gone.html", status=410, mail=has_mail(request))
    _require_owner(request, *found)
    return await _show(request, *found, blank_form(request, {RETURN_FIELD: read_asked_return(request)}))


async def post_link(request: web.Request) -> web.Response:
    """POST /lien/{token}: enter, confirm the address, or take the new password."""
    form = await read_form(request)
    found = await _find(request)
    if found is None:
        return await render(request, "login/gone.html", status=410, mail=has_mail(request))
    link, account = found
    _require_owner(request, link, account)
    password_hash = None
    if link.purpose == "password":
        password = read_new_password(form, account.username, account.name, account.email)
        if not form.ok:
            return await _show(request, link, account, form, status=422)
        password_hash = await hash_password(password)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await one_time_links.use(conn, request.match_info["token"], link.purpose)
            await _act(conn, link, account, password_hash)
    except (Conflict, Gone):
        return await render(request, "login/gone.html", status=410, mail=has_mail(request))
    if link.email is not None:  # she is logged in, or it would not have been confirmed
        raise web.HTTPSeeOther(read_return(form))
    return await complete_login(request, account, form, without_password=link.purpose != "password")


async def _act(conn: Connection, link: OneTimeLink, account: Account, password_hash: str | None) -> None:
    """A link that came by mail shows that the address is right; one made by an administrator is her word for it.

    Whoever registered somebody else's address knows the password, so that it goes when the owner comes by a log-in
    link before she ever confirmed.
    """
    if link.purpose == "login" and not await waiting_accounts.has_confirmed(conn, account):
        await accounts.forget_password(conn, account.actor_id)
    if link.email is not None:
        await accounts.set_email(conn, account.actor_id, link.email)
    await confirm(conn, account.actor_id)
    if password_hash is not None:
        await accounts.set_password(conn, account.actor_id, password_hash)
        await tokens.end_access(conn, account.actor_id)
        await one_time_links.revoke_all(conn, "password", account.actor_id)
        await one_time_links.revoke_all(conn, "login", account.actor_id)


def _require_owner(request: web.Request, link: OneTimeLink, account: Account) -> None:
    """A new address counts only for somebody who is logged in: mistyped, it would give the account to a stranger."""
    if link.email is not None and require_account(request).actor_id != account.actor_id:
        raise Forbidden


async def _find(request: web.Request) -> tuple[OneTimeLink, Account] | None:
    """The link and whose it is, while it can be used; those of the first set-up are followed elsewhere."""
    async with connection(request.app[INSTANCE].pool) as conn:
        link = await one_time_links.find(conn, request.match_info["token"])
        if link is None or link.actor_id is None:
            return None
        account = await accounts.find(conn, link.actor_id)
    return None if account is None or account.disabled_at is not None else (link, account)


async def _show(
    request: web.Request, link: OneTimeLink, account: Account, form: Form, status: int = 200
) -> web.Response:
    template = "login/new_password.html" if link.purpose == "password" else "login/link.html"
    async with connection(request.app[INSTANCE].pool) as conn:
        was_here = bool(await sessions.list_of(conn, account.actor_id) or await tokens.list_of(conn, account.actor_id))
    return await render(
        request,
        template,
        status=status,
        form=form,
        link=link,
        person=account,
        was_here=was_here,
        return_to=read_return(form),
    )
