"""What changed among the cooperative's settings, who changed it and when; and the way back to an earlier value."""

from functools import partial

from aiohttp import web

from models import preferences
from models.coop import setting_changes
from models.coop.setting_changes import SettingChange
from models.errors import Conflict, Invalid, NotFound
from models.moderation import journal
from models.people.accounts import Account
from models.people.roles import has_right
from models.store.database import Connection, connection, transaction
from outbox.people.cooperative_settings import change_settings
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id, read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.instance.settings.pages import PAGE_OF, PAGES
from web.pages.instance.settings.settings_page import SETTINGS, SettingsPage
from web.pages.instance.settings.value_words import tell_change
from web.rendering.render import N_, render, say
from web.security.session import require_right

HISTORY = f"{SETTINGS}/historique"

PAGE = 50
"""Changes on one page of the history."""

SAID = {"undone": N_("C’est fait : la valeur d’avant est de nouveau en place.")}


async def show_history(request: web.Request) -> web.Response:
    """GET /coop/reglages/historique?page=&avant=."""
    require_right(request, "settings")
    return await _show(request, blank_form(request))


async def post_undo(request: web.Request) -> web.Response:
    """POST /coop/reglages/historique: a change is undone by a new one; what it would contradict stays."""
    me = require_right(request, "settings")
    form = await read_form(request)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            change = await setting_changes.find_change(conn, read_id(form.typed("id")))
            if change is None:
                raise NotFound
            await _undo(request, conn, me, change)
    except (Invalid, Conflict) as refusal:
        form.refuse("", refusal)
        return await _show(request, form, status=refusal.status)
    raise redirect_with_message(HISTORY, "undone")


async def _undo(request: web.Request, conn: Connection, me: Account, change: SettingChange) -> None:
    page = PAGE_OF.get(change.key)
    if page is None or not may_undo(me, change):
        raise NotFound
    chosen = await setting_changes.undo(conn, change)
    await change_settings(conn, request.app[INSTANCE].site, chosen, by=me.actor_id)
    await journal.record(conn, "settings_changed", by=me, right=page.right, page=page.name)


def may_undo(me: Account, change: SettingChange) -> bool:
    """Whether this can be taken back here: what has its effect elsewhere is changed on its own page."""
    page = PAGE_OF.get(change.key)
    return page is not None and change.key != "limited_federation" and has_right(me, page.right)


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    me = require_right(request, "settings")
    page = _find_asked(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        found = await setting_changes.list_changes(
            conn, page.keys if page else None, before=find_id(request.query.get("avant", "")), limit=PAGE
        )
        told = [await tell_change(conn, partial(say, request), one) for one in found]
    undoable = {one.id for one in found if may_undo(me, one) and setting_changes.is_undoable(chosen, one)}
    return await render(
        request,
        "settings/history.html",
        status=status,
        form=form,
        page=page,
        title=say(request, page.title) if page else "",
        told=told,
        undoable=undoable,
        pages={key: (one.path, say(request, one.title)) for key, one in PAGE_OF.items()},
        next_id=found[-1].id if len(found) == PAGE else None,
        said=find_flash_message(request, SAID),
    )


def _find_asked(request: web.Request) -> SettingsPage | None:
    return next((one for one in PAGES if one.name == request.query.get("page")), None)
