"""« Passage à Nieppe le 12 »: a shop says in which commune it comes by, and sees what it said."""

from datetime import UTC, datetime

from aiohttp import web

from models.errors import Conflict, Invalid
from models.meetings import agenda
from models.moderation import held_posts
from models.people import actors
from models.places import places
from models.places.places import Commune
from models.repairs.shops import appearing
from models.store.database import Connection, connection, transaction
from outbox.meetings.organiser_news import LEADING
from outbox.repairs.tours.passages import TEXT_LIMIT, PassageDraft, announce
from web.forms.commune_field import read_commune
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.meetings.organising.meeting_form import FIELDS, read_times
from web.rendering.formats import format_in
from web.rendering.render import N_, reader_language, render, say
from web.security.acting_shop import ActingShop, find_shop

MOST_SHOWN = 40

SAID = {
    "announced": N_("C’est annoncé : les gens de la commune le lisent dans l’agenda, ici et chez les coops voisines."),
    "held": N_("C’est reçu. L’équipe relit d’abord le texte : ce n’est pas encore visible."),
}


async def show_passages(request: web.Request) -> web.Response:
    """GET /ateliers/{place}/gerer/passages?commune=: `commune` is written into the form."""
    acting = await find_shop(request)
    values = {"begins": "09:00", "ends": "12:00", "commune": request.query.get("commune", "")[:100]}
    return await _show(request, acting, blank_form(request, values))


async def post_passage(request: web.Request) -> web.Response:
    """POST /ateliers/{place}/gerer/passages: announce one."""
    acting, form = await find_shop(request), await read_form(request)
    instance, language = request.app[INSTANCE], reader_language(request)
    async with connection(instance.pool) as conn:
        commune = await read_commune(conn, form, "commune", missing="Dites dans quelle commune.")
    begins_at, ends_at = read_times(form)
    text = form.lines("text", limit=TEXT_LIMIT)
    if form.ok and commune is not None:
        draft = PassageDraft(
            commune=commune,
            begins_at=begins_at,
            ends_at=ends_at,
            title=_make_title(request, acting, commune),
            text=text,
            language="en" if language == "en" else "fr",
        )
        try:
            async with transaction(instance.pool) as conn:
                by = await actors.get(conn, acting.by.actor_id)
                full = await announce(conn, instance.site, acting.actor, draft, by=by)
                waits = await held_posts.find(conn, full.id) is not None
            raise redirect_with_message(f"{acting.home}/passages", "held" if waits else "announced")
        except (Conflict, Invalid) as error:
            named = getattr(error, "field", None) or ""
            form.refuse(FIELDS.get(named, named), error)
    return await _show(request, acting, form)


def _make_title(request: web.Request, acting: ActingShop, commune: Commune) -> str:
    at = format_in(commune.name, reader_language(request))
    return say(request, N_("%(shop)s passe %(at)s"), shop=acting.actor.display_name, at=at)[:200]


async def _show(request: web.Request, acting: ActingShop, form: Form) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        coming = await agenda.list_organised(conn, [acting.actor.id], since=datetime.now(UTC), limit=MOST_SHOWN)
        suggested = await _list_suggested(conn, acting)
        appears = await appearing.find(conn, acting.actor.id) is not None
    return await render(
        request,
        "repairs/tours/passages.html",
        status=422 if form.errors else 200,
        acting=acting,
        form=form,
        coming=coming,
        suggested=suggested,
        appears=appears,
        desk=LEADING,
        said=find_flash_message(request, SAID),
    )


async def _list_suggested(conn: Connection, acting: ActingShop) -> list[Commune]:
    """Where it says that it comes."""
    return await places.list_communes(conn, list(acting.shop.commune_codes))
