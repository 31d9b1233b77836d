"""The cooperative's settings, for its administrators."""

from datetime import UTC, datetime

from aiohttp import web

from models import preferences
from models.exchanges import points
from models.moderation import journal
from models.preferences import MODES, Preferences
from models.store.database import connection, transaction
from models.traffic.outbound import marketplaces
from outbox.people.cooperative_settings import save_preferences
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.instance.cooperative_form import fill_in, read_settings
from web.rendering.branding import ACCENT_CLASSES
from web.rendering.render import N_, render
from web.security.session import require_right

GRANTED_AT_ONCE = 200
"""Members who get their points as soon as they are switched on; the others within minutes."""

SAID = {"saved": N_("C’est enregistré, et visible dès maintenant.")}


async def show_settings(request: web.Request) -> web.Response:
    """GET /coop/reglages."""
    require_right(request, "settings")
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        form = blank_form(request, await fill_in(conn, chosen))
    return await _show(request, form, chosen)


async def post_settings(request: web.Request) -> web.Response:
    """POST /coop/reglages."""
    me = require_right(request, "settings")
    form = await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        before = await preferences.load(conn)
        chosen = await read_settings(conn, form, before)
        if form.ok:
            await save_preferences(conn, request.app[INSTANCE].site, chosen)
            if chosen != before:
                await journal.record(conn, "settings_changed", by=me, right="settings", page="settings")
            await points.grant_due(conn, at=datetime.now(UTC), limit=GRANTED_AT_ONCE)
    if not form.ok:
        return await _show(request, form, chosen, status=422)
    raise redirect_with_message("/coop/reglages", "saved")


async def _show(request: web.Request, form: Form, chosen: Preferences, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        following = await marketplaces.list_markets(conn)
    return await render(
        request,
        "settings/show.html",
        markets=following,
        status=status,
        form=form,
        chosen=chosen,
        said=find_flash_message(request, SAID),
        accents=ACCENT_CLASSES,
        all_modes=MODES,
    )
