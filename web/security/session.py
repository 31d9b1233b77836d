"""Who is asking: the session cookie, the token in every form, and the page that a form was sent from."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler

from models.access import sessions
from models.access.sessions import Session
from models.errors import Forbidden, NotFound
from models.people import accounts
from models.people.accounts import Account
from models.people.roles import Right, has_right
from models.settings import Site
from models.store.database import Connection, connection
from web.http.app_keys import ASIDE, INSTANCE
from web.security.documents_due import require_accepted
from web.security.form_tokens import is_token
from web.security.same_origin import require_same_origin
from web.security.standing import HOMES, StandsAside, reads_as_visitor, require_standing

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

WITHOUT_SESSION = ("/static/", "/media/", "/healthz", "/readyz", "/inbox", "/.well-known/")
"""Addresses that look the same for everybody, so that their cookies need not be read; or seldom, see `look_for`."""


@dataclass(slots=True, kw_only=True)
class SessionCookies:
    """What the cookies of one request say, and what its answer will set them to.

    `form_secret` is the cookie of somebody who is not logged in: the token in her forms is derived from it.
    `personal` pages hold a token: no proxy keeps them, and browsers ask again (but still go back without losing what
    was typed).
    """

    account: Account | None = None
    session: Session | None = None
    form_secret: str | None = None
    new_session: str | None = None
    new_form_secret: str | None = None
    ended: bool = False
    personal: bool = False


VISIT = web.RequestKey("visit", SessionCookies)


def cookie_name(site: Site) -> str:
    """One name per instance, since ports do not separate cookies; over https no neighbour can plant it."""
    name = "declic_" + re.sub(r"[^a-z0-9]+", "_", site.host)
    return f"__Host-{name}" if site.url.startswith("https:") else name


def form_cookie_name(site: Site) -> str:
    """The cookie of forms filled in before logging in."""
    return f"{cookie_name(site)}_form"


@web.middleware
async def session_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who is asking before the view runs, and set the cookies of its answer."""
    visit = SessionCookies() if request.path.startswith(WITHOUT_SESSION) else await _read_visit(request)
    request[VISIT] = visit
    if request.method not in SAFE_METHODS and (visit.session or visit.form_secret):
        require_same_origin(request)
    try:
        response = await _answer(request, visit.account, handler)
    except web.HTTPException as answer:
        _set_cookies(request, answer)
        raise
    _set_cookies(request, response)
    return response


async def _answer(request: web.Request, account: Account | None, handler: Handler) -> web.StreamResponse:
    """What the view answers, or to whoever stands aside the page that says so: nothing that she typed is lost."""
    try:
        require_standing(request, account)
    except StandsAside:
        if request.method in SAFE_METHODS or current_applicant(request) is not None:
            raise
        return await request.app[ASIDE](request)
    require_accepted(request, account)
    return await handler(request)


async def _read_visit(request: web.Request) -> SessionCookies:
    site = request.app[INSTANCE].site
    visit = SessionCookies(form_secret=request.cookies.get(form_cookie_name(site)))
    token = request.cookies.get(cookie_name(site))
    if not token or "Authorization" in request.headers:
        return visit
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await sessions.find_with_account(conn, token)
        if found is None:
            visit.ended = True
            return visit
        visit.session, visit.account = found
        if await sessions.touch(conn, visit.session):
            await accounts.touch(conn, visit.session.actor_id)
            visit.new_session = token
    return visit


def _set_cookies(request: web.Request, response: web.StreamResponse) -> None:
    if response.prepared:
        return
    visit, site = request[VISIT], request.app[INSTANCE].site
    flags: dict[str, Any] = {
        "path": "/",
        "httponly": True,
        "samesite": "Lax",
        "secure": site.url.startswith("https:"),
    }
    if visit.new_session:
        lifetime = int(sessions.LIFETIME.total_seconds())
        response.set_cookie(cookie_name(site), visit.new_session, max_age=lifetime, **flags)
    elif visit.ended:
        response.del_cookie(cookie_name(site), **flags)
    if visit.new_form_secret:
        response.set_cookie(form_cookie_name(site), visit.new_form_secret, **flags)
    if visit.personal or visit.session or visit.ended:
        response.headers.setdefault("Cache-Control", "private, no-cache")


def logged_in(request: web.Request) -> Account | None:
    """Who is logged in, if anybody, whatever her standing."""
    visit = request.get(VISIT)
    return visit.account if visit else None


def current_account(request: web.Request) -> Account | None:
    """Who is logged in, if anybody; whoever waits, or passes by, reads and does what any visitor may."""
    account = logged_in(request)
    return None if account is not None and reads_as_visitor(request, account) else account


def current_applicant(request: web.Request) -> Account | None:
    """Who is logged in and waits to be let in."""
    account = logged_in(request)
    return account if account is not None and account.standing == "waiting" else None


def reader_of(request: web.Request) -> int | None:
    """The row id of who is logged in, by which it is decided what she may read."""
    account = current_account(request)
    return account.actor_id if account else None


async def look_for(request: web.Request) -> Account | None:
    """Who is logged in, at one of the addresses WITHOUT_SESSION: for what is shown there to few."""
    request[VISIT] = await _read_visit(request)
    return request[VISIT].account


def current_session(request: web.Request) -> Session | None:
    """The session of this request, if somebody is logged in."""
    visit = request.get(VISIT)
    return visit.session if visit else None


class LoginRequired(web.HTTPSeeOther):
    """The way to the log-in page; `return_to` is where it leads back to."""

    def __init__(self, return_to: str, *, again: bool = False) -> None:
        """A page of ours to return to; `again` is for who is logged in already."""
        super().__init__(f"/connexion?{'encore=1&' if again else ''}retour={quote(return_to, safe='')}")
        self.return_to = return_to


def require_account(request: web.Request) -> Account:
    """Who is logged in; anybody else is led to the log-in page and back here afterwards.

    Whoever waits to be let in, or passes by, is led to the page that says so.
    """
    account, aside = current_account(request), logged_in(request)
    if account is None and aside is not None:
        raise web.HTTPSeeOther(HOMES[aside.standing])
    if account is None:
        raise LoginRequired(asked_page(request))
    return account


def require_login(request: web.Request) -> Account:
    """The same for what is open to whoever waits to be let in too."""
    account = logged_in(request)
    if account is None:
        raise LoginRequired(asked_page(request))
    return account


def require_right(request: web.Request, right: Right) -> Account:
    """Who is logged in, if one of her roles gives her this right.

    Raises NotFound: whoever lacks the right is answered as for what does not exist.
    """
    account = require_account(request)
    if not has_right(account, right):
        raise NotFound
    return account


def asked_page(request: web.Request) -> str:
    """Where to return after log-in: the page asked for, or the one whose form was sent."""
    if request.method in SAFE_METHODS:
        return read_local_path(request.path_qs)
    here, referer = request.app[INSTANCE].site.url, request.headers.get("Referer", "")
    return read_local_path(referer.removeprefix(here)) if referer.startswith(f"{here}/") else "/"


def read_local_path(text: str, default: str = "/") -> str:
    """`text` if it is a path of this site that a browser cannot take for another host's, else `default`."""
    local = re.fullmatch(r"/(?![/\\])[!-\[\]-~]{0,4000}", text)
    return text if local else default


async def open_session(
    request: web.Request, conn: Connection, account: Account, *, without_password: bool = False
) -> None:
    """Log `account` in on this browser, under a new token; whoever was logged in before is logged out.

    `without_password` where a link in a mail or a passkey was the first proof.
    """
    visit = request[VISIT]
    if visit.session is not None:
        await sessions.end(conn, visit.session)
    browser = request.headers.get("User-Agent", "")
    visit.new_session = await sessions.create(conn, account.actor_id, browser, without_password=without_password)
    visit.session = await sessions.find(conn, visit.new_session)
    visit.account, visit.ended = account, False
    await accounts.touch(conn, account.actor_id)


async def close_session(request: web.Request, conn: Connection) -> None:
    """Log this browser out."""
    visit = request[VISIT]
    if visit.session is not None:
        await sessions.end(conn, visit.session)
    visit.account, visit.session, visit.new_session, visit.ended = None, None, None, True


def knows_us(request: web.Request) -> bool:
    """Whether this browser was here before, and keeps our cookies."""
    visit = request.get(VISIT)
    if visit is None or visit.new_form_secret is not None:
        return False
    return visit.session is not None or visit.form_secret is not None


def csrf_token(request: web.Request) -> str:
    """What the forms on this page carry under a mask: the session's token, or one bound to a cookie of this browser."""
    visit = request.get(VISIT)
    if visit is None:
        return ""
    visit.personal = True
    if visit.session is not None:
        return str(visit.session.csrf_token)
    if visit.form_secret is None:
        visit.form_secret = visit.new_form_secret = secrets.token_urlsafe(32)
    return _derive_token(visit.form_secret)


class StaleForm(Forbidden):
    """This page was open for too long, or cookies are refused. Reload it and send it again."""

    code = "stale_form"

    def __init__(self, pairs: Iterable[tuple[str, str]] = (), *, files: bool = False) -> None:
        """`pairs` are the fields that were sent, as far as they were read; `files` came with them."""
        super().__init__()
        self.pairs, self.files = tuple(pairs), files


def require_csrf(request: web.Request, token: str) -> None:
    """Raise Forbidden unless the form was made by us for this browser and sent from our page (B-44)."""
    require_same_origin(request)
    visit = request.get(VISIT)
    wanted = None
    if visit is not None and visit.session is not None:
        wanted = visit.session.csrf_token
    elif visit is not None and visit.form_secret is not None:
        wanted = _derive_token(visit.form_secret)
    if wanted is None or not is_token(token, wanted):
        raise StaleForm


def _derive_token(secret: str) -> str:
    return hashlib.sha256(f"form:{secret}".encode(errors="surrogateescape")).hexdigest()
