"""Help, and the choice of a language."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from aiohttp import web

from models.errors import NotFound
from models.exchanges import guests
from models.people import accounts
from models.store.database import transaction
from outbox.people import account_deletion
from web.forms.form import read_form
from web.forms.old_names import rename_field
from web.http.app_keys import INSTANCE
from web.pages.instance.help_texts import EASY, GLOSSARY, IDEAS, PICTURE_WIDTH, PICTURES, ROLES
from web.rendering.formats import format_span
from web.rendering.i18n import COOKIE, COOKIE_LIFETIME
from web.rendering.render import N_, reader_language, render, say
from web.rendering.role_words import list_rights
from web.security.same_origin import require_same_origin
from web.security.session import current_account, read_local_path


async def show_help(request: web.Request) -> web.Response:
    """GET /aide: three steps, and the way to each page of help."""
    return await render(request, "help/help.html", ideas=IDEAS, roles=ROLES)


async def show_page(request: web.Request) -> web.Response:
    """GET /aide/PAGE: one idea, what somebody of this part may do, or the words. Raises NotFound."""
    page = request.match_info["page"]
    if page == "glossaire":
        return await render(request, "help/glossary.html", words=GLOSSARY)
    if page in ROLES:
        found = ROLES[page]
        rights = list_rights(partial(say, request), found.role) if found.role else []
        return await render(request, "help/role.html", slug=page, page=found, rights=rights, **_find_picture(page))
    if page not in IDEAS:
        raise NotFound
    language = reader_language(request)
    spans = {
        "guests": format_span(guests.KEPT, language),
        "grace": format_span(account_deletion.GRACE, language),
    }
    return await render(
        request,
        "help/idea.html",
        page=page,
        title=IDEAS[page],
        easy=page in EASY,
        spans=spans,
        **_find_picture(page),
    )


def _find_picture(page: str) -> dict[str, Any]:
    return {"picture": PICTURES.get(page), "picture_width": PICTURE_WIDTH}


async def show_easy(request: web.Request) -> web.Response:
    """GET /aide/facile/PAGE: the same in easy French. Raises NotFound."""
    page = request.match_info["page"]
    if page not in EASY:
        raise NotFound
    title = IDEAS.get(page, N_("Comment ça marche ?"))
    return await render(
        request,
        "help/easy.html",
        page=page,
        title=title,
        sentences=EASY[page],
        pages=EASY,
        ideas=IDEAS,
        **_find_picture(page),
    )


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
