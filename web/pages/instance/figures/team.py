"""Whether everybody may have the figures, under which licence, and what an object weighs; and what did not add up."""

from dataclasses import replace
from datetime import datetime

from aiohttp import web

from models import preferences
from models.coop.figures import sums
from models.moderation import journal
from models.moments import PARIS
from models.people.roles import has_right
from models.preferences import FIGURES_LICENCES, Preferences
from models.store.database import connection, transaction
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.instance.figures.words import LICENCES, MEASURES, name_month
from web.rendering.render import N_, reader_language, render, say
from web.security.session import require_right

PAGE = "/coop/chiffres"

SOURCE_LIMIT = 200

MOST_KILOGRAMS = 1_000
"""That one object stands for: nobody lends anything heavier."""

SETTINGS = ("figures_published", "figures_licence", "kilogram_factor", "kilogram_source")

SAID = {
    "saved": N_("C’est enregistré."),
    "seen": N_("C’est noté : ces écarts ne sont plus signalés."),
}


async def show_settings(request: web.Request) -> web.Response:
    """GET /coop/chiffres; whoever only reads the figures is told what was decided about them."""
    account = require_right(request, "see_figures")
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
    if not has_right(account, "figures"):
        return await render(request, "figures/read.html", chosen=chosen, licence=LICENCES[chosen.figures_licence])
    values = {
        "figures_published": "1" if chosen.figures_published else "",
        "figures_licence": chosen.figures_licence,
        "kilogram_factor": f"{chosen.kilogram_factor:g}".replace(".", ",") if chosen.kilogram_factor else "",
        "kilogram_source": chosen.kilogram_source,
    }
    return await _render(request, blank_form(request, values))


async def _render(request: web.Request, form: Form) -> web.Response:
    language = reader_language(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        differences = await sums.list_differences(conn)
    return await render(
        request,
        "figures/settings.html",
        status=200 if form.ok else 422,
        form=form,
        licences=[(code, say(request, LICENCES[code][0])) for code in FIGURES_LICENCES],
        source_limit=SOURCE_LIMIT,
        differences=[(name_month(one.month, language), say(request, MEASURES[one.what]), one) for one in differences],
        said=find_flash_message(request, SAID),
    )


async def post_settings(request: web.Request) -> web.Response:
    """POST /coop/chiffres: what is decided about the figures."""
    me = require_right(request, "figures")
    form = await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load_for_change(conn)
        wanted = _read(form, chosen)
        if form.ok:
            kept = {name: getattr(wanted, name) for name in SETTINGS}
            if await preferences.write(conn, kept, by=me.actor_id):
                await journal.record(conn, "settings_changed", by=me, right="settings", page="figures")
    if not form.ok:
        return await _render(request, form)
    raise redirect_with_message(PAGE, "saved")


def _read(form: Form, chosen: Preferences) -> Preferences:
    source = form.text("kilogram_source", limit=SOURCE_LIMIT)
    factor = _read_factor(form)
    if factor and not source:
        form.fail("kilogram_source", N_("Dites d’où vient ce nombre : sans sa source, il ne peut pas être publié."))
    return replace(
        chosen,
        figures_published=form.flag("figures_published"),
        figures_licence=form.choice("figures_licence", FIGURES_LICENCES, default="lov2"),
        kilogram_factor=factor,
        kilogram_source=source,
    )


def _read_factor(form: Form) -> float:
    typed = form.text("kilogram_factor", limit=20).replace(",", ".")
    if not typed:
        return 0
    try:
        factor = float(typed)
    except ValueError:
        factor = 0
    if not 0 < factor <= MOST_KILOGRAMS:
        form.fail(
            "kilogram_factor",
            N_("Écrivez un nombre de kilos, comme 12 ou 2,5 ; %(most)s au plus."),
            most=MOST_KILOGRAMS,
        )
        return 0
    return factor


async def post_seen(request: web.Request) -> web.Response:
    """POST /coop/chiffres/vu: the differences that were found at night have been looked at."""
    require_right(request, "figures")
    async with transaction(request.app[INSTANCE].pool) as conn:
        await sums.mark_seen(conn)
    raise redirect_with_message(PAGE, "seen")


async def show_explained(request: web.Request) -> web.Response:
    """GET /chiffres/pour-les-elus: what this is, for those who were elected and who work for them."""
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
    return await render(
        request,
        "figures/explained.html",
        chosen=chosen,
        licence=LICENCES[chosen.figures_licence],
        today=datetime.now(PARIS),
    )
