"""Help, legal notice, the register of personal data, accessibility, and the choice of a language."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from aiohttp import web

from models import preferences
from models.people import accounts
from models.people.documents import versions
from models.store.database import connection, transaction
from web.forms.form import read_form
from web.forms.old_names import rename_field
from web.http.app_keys import INSTANCE
from web.rendering.data_register.register import read_register
from web.rendering.i18n import COOKIE, COOKIE_LIFETIME
from web.rendering.render import reader_language, render, say
from web.security.same_origin import require_same_origin
from web.security.session import current_account, read_local_path


async def show_help(request: web.Request) -> web.Response:
    """GET /aide."""
    return await render(request, "help/help.html")


async def show_legal(request: web.Request) -> web.Response:
    """GET /mentions-legales."""
    async with connection(request.app[INSTANCE].pool) as conn:
        documents = await versions.list_current(conn)
    return await render(request, "help/legal.html", documents=documents)


async def show_personal_data(request: web.Request) -> web.Response:
    """GET /donnees-personnelles: the register, with the lengths that the code keeps to."""
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
    entries = read_register(chosen, reader_language(request), partial(say, request))
    return await render(request, "help/personal_data.html", entries=entries)


async def show_accessibility(request: web.Request) -> web.Response:
    """GET /accessibilite."""
    return await render(request, "help/accessibility.html")


async def show_language(request: web.Request) -> web.Response:
    """GET /langue/CODE: the button that changes the language; reading this page, as prefetchers do, changes nothing."""
    code = request.match_info["language"]
    if code not in request.app[INSTANCE].site.languages:
        raise web.HTTPNotFound
    back = read_local_path(request.query.get("retour", "/"))
    return await render(request, "help/language.html", code=code, back=back)


async def post_language(request: web.Request) -> web.Response:
    """POST /langue: remember the language in a cookie, and in the account of a member.

    A visitor's form carries no token, which would need a cookie on every page: it changes nothing but hers.
    """
    account = current_account(request)
    if account is None:
        require_same_origin(request)
    sent = await (request.post() if account is None else read_values(request))
    typed = {rename_field(name): value for name, value in sent.items()}
    language = str(typed.get("language", ""))
    if language not in request.app[INSTANCE].site.languages:
        raise web.HTTPNotFound
    if account is not None:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await accounts.set_language(conn, account.actor_id, language)
    back = read_local_path(str(typed.get("back", "/")))
    answer = web.Response(status=303, headers={"Location": back})
    secure = request.app[INSTANCE].site.url.startswith("https:")
    age = int(COOKIE_LIFETIME.total_seconds())
    answer.set_cookie(COOKIE, language, max_age=age, path="/", samesite="Lax", httponly=True, secure=secure)
    return answer


async def read_values(request: web.Request) -> Mapping[str, Any]:
    """What a member's form says."""
    return (await read_form(request)).values
