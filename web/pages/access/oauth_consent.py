"""An application asks to be let in (OAuth 2): the page where somebody says yes or no, and the way back."""

from urllib.parse import quote

from aiohttp import web

from models.access import authorization_grants
from models.access.authorization_grants import Consent
from models.access.scopes import list_widest
from models.people.accounts import Account
from models.store.database import connection, transaction
from web.forms.form import Form, read_form, read_query
from web.http.app_keys import INSTANCE
from web.pages.access.oauth_request import AuthorizationRequest, narrow_asked, read_asked
from web.rendering.render import LANGUAGE, render
from web.security.session import LoginRequired, current_account


async def show_authorize(request: web.Request) -> web.StreamResponse:
    """GET /oauth/authorize: after log-in, what the application asks for. Nothing is led anywhere for an unknown one."""
    query = read_query(request)
    if (language := query.typed("lang")) in request.app[INSTANCE].site.languages:
        request[LANGUAGE] = language
    asked = await _read(request, query)
    if asked is None or asked.error:
        return await _refuse(request, asked)
    account = current_account(request)
    if query.flag("force_login") and query.typed("force_login") != "false":
        raise LoginRequired(asked.path, again=True)
    if account is None:
        raise LoginRequired(asked.path)
    asked = narrow_asked(asked, account)
    return await (_refuse(request, asked) if asked.error else _show(request, asked))


async def post_authorize(request: web.Request) -> web.StreamResponse:
    """POST /oauth/authorize: yes, or anything else, which is no. All is read again: the form could be anybody's."""
    form = await read_form(request)
    asked = await _read(request, form)
    if asked is None or asked.error:
        return await _refuse(request, asked)
    account = current_account(request)
    if account is None:
        raise LoginRequired(asked.path)
    asked = narrow_asked(asked, account)
    if asked.error:
        return await _refuse(request, asked)
    if form.typed("act") != "yes":
        return await _redirect_to_client(request, asked, error="access_denied")
    return await _allow(request, asked, account)


async def _allow(request: web.Request, asked: AuthorizationRequest, account: Account) -> web.StreamResponse:
    consent = Consent(
        actor_id=account.actor_id,
        application_id=asked.client.id,
        scopes=asked.scopes,
        redirect_uri=asked.redirect_uri,
        challenge=asked.challenge,
    )
    async with transaction(request.app[INSTANCE].pool) as conn:
        code = await authorization_grants.allow(conn, consent)
    if asked.out_of_band:
        return _forbid_keeping(await render(request, "authorize/code.html", code=code, name=asked.client.name))
    return await _redirect_to_client(request, asked, code=code)


async def _read(request: web.Request, form: Form) -> AuthorizationRequest | None:
    async with connection(request.app[INSTANCE].pool) as conn:
        return await read_asked(conn, form)


async def _show(request: web.Request, asked: AuthorizationRequest) -> web.Response:
    page = await render(
        request,
        "authorize/show.html",
        asked=asked,
        scopes=list_widest(asked.scopes),
        again=f"/connexion?encore=1&retour={quote(asked.path, safe='')}",
    )
    return _forbid_keeping(page)


async def _refuse(request: web.Request, asked: AuthorizationRequest | None) -> web.Response:
    """Nobody is led on without a click: anybody may register an address, and lead people there through ours."""
    back = "" if asked is None or asked.out_of_band else asked.answer(error=asked.error)
    return await render(request, "authorize/refused.html", status=400, asked=asked, back=back)


async def _redirect_to_client(request: web.Request, asked: AuthorizationRequest, **said: str) -> web.Response:
    """The answer for the application; one without an address of its own is told by the person."""
    if asked.out_of_band:
        return await render(request, "authorize/denied.html", asked=asked)
    return _forbid_keeping(web.Response(status=303, headers={"Location": asked.answer(**said)}))


def _forbid_keeping(response: web.Response) -> web.Response:
    """Codes stay in no cache, and their addresses in no Referer."""
    response.headers["Cache-Control"], response.headers["Referrer-Policy"] = "private, no-store", "no-referrer"
    return response
