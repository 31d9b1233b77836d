"""Make a page for one reader: her language, her session, the cooperative's branding."""

import secrets
from functools import cache, partial
from typing import Any

from aiohttp import web
from markupsafe import Markup

from models.coop import pending_kinds
from models.errors import Refusal, Unavailable
from models.news import news
from models.preferences import Preferences
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.rendering.branding import Branding, load_branding
from web.rendering.coop_menu import RoomGroup, list_rooms
from web.rendering.error_messages.lookup import format_error
from web.rendering.formats import set_in
from web.rendering.i18n import COOKIE, LANGUAGE_NAMES, choose_language
from web.rendering.i18n import N_ as N_
from web.rendering.templating import TEMPLATES
from web.security.form_tokens import mask_token
from web.security.session import csrf_token, current_account, current_applicant, logged_in

BRANDING = web.RequestKey("branding", Branding)
"""The cooperative's branding, read once for each answer."""

UNREAD = web.RequestKey("unread", int)
"""How much is new to who is logged in, counted once for each answer."""

PENDING = web.RequestKey("pending", int)
"""How many kinds of things she can settle wait for her, where she looks after the cooperative; counted with it."""

LANGUAGE = web.RequestKey("language", str)
"""The language of this one answer: what the address asks for, or that of the member whose token it is."""


async def render(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """The page `template` with this context, in the reader's language.

    Every template also knows `account` (or None), `applicant` (who is logged in and waits to be let in), `passing`
    (whether she has a call without an account), `coop` (the cooperative's name and looks), `unread` (what is new),
    `to_do` (how much waits for her as one of the team), `here` (path and query), `site`, `languages`, `csrf_input()`,
    the formats of `web/rendering/templating`, and for pages of the administration `coop_menu()`, the rooms that open
    for her.
    """
    language = reader_language(request)
    environment = request.app[TEMPLATES].environments[language]
    coop = await _find_branding_for(request, status)
    gap = secrets.token_hex(16)  # nobody can write it into a page beforehand
    text = environment.get_template(template).render(
        account=current_account(request),
        applicant=current_applicant(request),
        passing=_passes_by(request),
        coop=coop,
        coop_menu=cache(partial(_list_rooms, request, coop)),
        unread=await _unread_for(request, status),
        to_do=request.get(PENDING, 0),
        here=request.path_qs,
        languages=LANGUAGE_NAMES,
        site=request.app[INSTANCE].site,
        csrf_input=partial(_make_csrf_input, request, gap),
        imported_once={},
        **context,
    )
    if gap in text:
        text = _fill_token(request, text, gap)
    response = web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def render_part(request: web.Request, template: str, **context: Any) -> Markup:
    """A part of a page that may be kept for others: of its reader it knows the language, and nothing else."""
    environment = request.app[TEMPLATES].environments[reader_language(request)]
    return Markup(environment.get_template(template).render(**context))  # noqa: S704 - the template escapes


async def find_branding(request: web.Request, conn: Connection | None = None) -> Branding:
    """The cooperative's branding, read once for each answer; a view that holds a connection lends it."""
    branding: Branding | None = request.get(BRANDING)
    if branding is not None:
        return branding
    if conn is None:
        async with connection(request.app[INSTANCE].pool) as conn:
            return await use_branding(request, conn)
    return await use_branding(request, conn)


async def use_branding(request: web.Request, conn: Connection, chosen: Preferences | None = None) -> Branding:
    """The branding that these settings draw, for a view that has read them itself and shows all by the same ones."""
    request[BRANDING] = branding = await load_branding(conn, request.app[INSTANCE].site, chosen)
    request.app[TEMPLATES].use_words(branding.words)
    return branding


async def _find_branding_for(request: web.Request, status: int) -> Branding:
    """The branding, or a bare one where the database is away, so that the page which says so can be made."""
    bare = Branding(name=request.app[INSTANCE].site.host)
    try:
        return request.get(BRANDING, bare) if status == 503 else await find_branding(request)
    except Unavailable:
        return bare


async def count_unread(request: web.Request, conn: Connection) -> int:
    """How much is new to who is logged in, for the mark in the header; and what waits for her, for that of the coop.

    A view that holds a connection lends it, once it has marked as seen what it shows: the page then needs no other.
    """
    account = current_account(request)
    if account is None:
        return 0
    request[UNREAD] = await news.count_unread(conn, account.actor_id)
    if PENDING not in request:
        request[PENDING] = len(await pending_kinds.list_waiting(conn, account))
    return request[UNREAD]


async def _unread_for(request: web.Request, status: int) -> int:
    """What the view counted, else what is new now; nothing where the database is away."""
    if current_account(request) is None or status == 503:
        return 0
    if UNREAD in request:
        return request[UNREAD]
    try:
        async with connection(request.app[INSTANCE].pool) as conn:
            return await count_unread(request, conn)
    except Unavailable:
        return 0


def _list_rooms(request: web.Request, coop: Branding) -> list[RoomGroup]:
    account = current_account(request)
    if account is None:
        return []
    routes = {resource.canonical for resource in request.app.router.resources()}
    return list_rooms(account, partial(say, request), here=request.path_qs, routes=routes, currency=coop.currency)


def _make_csrf_input(request: web.Request, gap: str) -> Markup:
    """The hidden field that every POST form carries; the token is filled into the gap when the page is there."""
    csrf_token(request)  # the browser gets its cookie, and no proxy keeps the page
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(gap)


def _passes_by(request: web.Request) -> bool:
    account = logged_in(request)
    return account is not None and account.standing == "passing"


def _fill_token(request: web.Request, text: str, gap: str) -> str:
    pieces = text.split(gap)
    return mask_token(csrf_token(request), "".join(pieces).encode()).join(pieces)


def reader_language(request: web.Request) -> str:
    """The language of this answer: what its address or its token asks for, then account, cookie, browser."""
    if LANGUAGE in request:
        return request[LANGUAGE]
    account = logged_in(request)
    return choose_language(
        request.app[INSTANCE].site.languages,
        account=account.language if account else None,
        cookie=request.cookies.get(COOKIE),
        accepted=request.headers.get("Accept-Language"),
    )


def say(request: web.Request, sentence: str, /, **values: Any) -> str:
    """A French sentence of Python code in the reader's language, its `%(name)s` filled in.

    The catalogue's script finds calls named `say` and `N_`, so the sentence is written out where it is used.
    """
    language = reader_language(request)
    return set_in(request.app[TEMPLATES].sentences[language](sentence), values, language)


def format_refusal(request: web.Request, refusal: Refusal) -> str:
    """Why something is refused, in the reader's language."""
    language = reader_language(request)
    return format_error(refusal, request.app[TEMPLATES].sentences[language], language)
