"""A sub-category of the cooperative's own is taken back: it is asked where what is in it goes."""

from functools import partial

from aiohttp import web

from models import preferences
from models.errors import NotFound
from models.listings import subcategories
from models.preferences import Subcategory
from models.store.database import Connection, connection, transaction
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.instance.settings.categories import PAGE
from web.pages.instance.settings.subcategories import find_shared, list_own, save_own
from web.rendering.category_words import name_category
from web.rendering.render import N_, reader_language, render, say
from web.security.session import require_right


async def show_deletion(request: web.Request) -> web.Response:
    """GET /coop/reglages/categories/{category}/{own}/supprimer: ask first."""
    require_right(request, "settings")
    return await _show(request, blank_form(request))


async def post_deletion(request: web.Request) -> web.Response:
    """POST /coop/reglages/categories/{category}/{own}/supprimer.

    What is in it goes to another one, or keeps the shared category alone.
    """
    me, category = require_right(request, "settings"), find_shared(request)
    form = await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await preferences.load_for_change(conn)
        gone, others = await _find(conn, request)
        to = form.choice(
            "to", [category.slug, *(one.slug for one in others)], missing=N_("Dites où vont ses annonces.")
        )
        if to and to != category.slug:
            await subcategories.move(conn, gone.slug, to)
        if form.ok:
            await save_own(request, conn, me, category, others)
    if not form.ok:
        return await _show(request, form)
    raise redirect_with_message(f"{PAGE}/{category.slug}", "deleted")


async def _find(conn: Connection, request: web.Request) -> tuple[Subcategory, list[Subcategory]]:
    """The one that the address names, and the others of its category. Raises NotFound."""
    own = list_own(await preferences.load(conn), find_shared(request))
    slug = "{category}.{own}".format(**request.match_info)
    gone = next((one for one in own if one.slug == slug), None)
    if gone is None:
        raise NotFound
    return gone, [one for one in own if one != gone]


async def _show(request: web.Request, form: Form) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        gone, others = await _find(conn, request)
        uses = await subcategories.count_uses(conn, gone.slug)
    return await render(
        request,
        "settings/subcategory_deletion.html",
        status=422 if form.errors else 200,
        form=form,
        category=find_shared(request),
        gone=gone,
        options=_list_options(request, others),
        uses=uses,
    )


def _list_options(request: web.Request, others: list[Subcategory]) -> list[tuple[str, str]]:
    """Where what is in it may go, in words."""
    category, speak = find_shared(request), partial(say, request)
    name = name_category(category, speak, reader_language(request))
    alone = speak(N_("Dans « %(category)s », sans sous-catégorie"), category=name)
    return [(category.slug, alone), *((one.slug, speak(N_("Dans « %(label)s »"), label=one.label)) for one in others)]
