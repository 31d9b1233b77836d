"""One page of the cooperative's settings, for its administrators: shown, and saved by itself."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from models import preferences
from models.coop import setting_changes
from models.errors import Invalid, NotFound
from models.exchanges import points
from models.moderation import journal
from models.people.accounts import Account
from models.preferences import Preferences
from models.store.database import Connection, connection, transaction
from models.traffic.outbound import marketplaces
from outbox.people.cooperative_settings import change_settings
from web.forms.form import Form, blank_form, read_form
from web.forms.opening_hours_field import list_pairs
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.instance.settings.fields import show_field
from web.pages.instance.settings.logo import LOGO, take_logo
from web.pages.instance.settings.merging import Collision, Meeting, describe_collision, list_since, merge
from web.pages.instance.settings.pages import find_page
from web.pages.instance.settings.reading import fill_page, read_page
from web.pages.instance.settings.settings_page import SettingsPage
from web.pages.instance.settings.value_words import tell_change
from web.rendering.branding import ACCENT_CLASSES
from web.rendering.render import N_, render, say
from web.security.session import require_right

GRANTED_AT_ONCE = 200
"""Members who get their points as soon as they are switched on; the others within minutes."""

LATEST = 1
"""Changes of a page that it tells itself; its history has all of them."""

SAID = {"saved": N_("C’est enregistré, et visible dès maintenant.")}


async def show_page(request: web.Request) -> web.Response:
    """GET /coop/reglages/{page}."""
    page, _ = _require_page(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        form = blank_form(request, await fill_page(conn, page, await preferences.load(conn)))
    return await _show(request, page, form)


async def post_page(request: web.Request) -> web.Response:
    """POST /coop/reglages/{page}: save this page alone; where somebody else changed the same, she decides."""
    page, me = _require_page(request)
    form = await read_form(request, LOGO)
    if any(one.kind == "picture" for one in page.fields):
        await take_logo(request, form)
    collisions: list[Collision] = []
    try:
        collisions = await _receive(request, page, me, form)
    except Invalid as refusal:
        form.refuse(refusal.field or "", refusal)
    if collisions or not form.ok:
        return await _show(request, page, form, collisions=collisions, status=409 if form.ok else 422)
    raise redirect_with_message(page.path, "saved")


async def _receive(request: web.Request, page: SettingsPage, me: Account, form: Form) -> list[Collision]:
    """Save what was sent, unless something is wrong with it or both changed a setting: which ones, then.

    Raises Invalid where it would contradict another setting.
    """
    async with transaction(request.app[INSTANCE].pool) as conn:
        current = await preferences.load_for_change(conn)
        hers = await read_page(conn, form, page, current)
        since = await list_since(conn, page.keys, form)
        meeting = merge(page.keys, current, hers, since)
        if not meeting.both and form.ok:
            await _save(request, conn, page, me, meeting.merged)
            return []
        if not form.ok:  # what cannot be read tells nothing of what she changed: it stays, and is compared next time
            return []
        await _take_over(conn, page, form, current, meeting)
        return [await describe_collision(conn, partial(say, request), key, since, hers) for key in meeting.both]


def _require_page(request: web.Request) -> tuple[SettingsPage, Account]:
    page = find_page(request.match_info["page"])
    me = require_right(request, page.right if page is not None else "settings")
    if page is None:
        raise NotFound
    return page, me


async def _save(request: web.Request, conn: Connection, page: SettingsPage, me: Account, chosen: Preferences) -> None:
    """Raises Invalid where it would contradict another setting."""
    if await change_settings(conn, request.app[INSTANCE].site, chosen, by=me.actor_id):
        await journal.record(conn, "settings_changed", by=me, right=page.right, page=page.name)
    await points.grant_due(conn, at=datetime.now(UTC), limit=GRANTED_AT_ONCE)


async def _take_over(conn: Connection, page: SettingsPage, form: Form, current: Preferences, meeting: Meeting) -> None:
    """What the other changed and she did not stands in her form as it is now; what she typed stays."""
    filled = await fill_page(conn, page, current)
    for field in page.fields:
        if field.name in meeting.untouched:
            form.put(field.typed_as, *filled.getall(field.typed_as, []))


async def _show(
    request: web.Request,
    page: SettingsPage,
    form: Form,
    *,
    collisions: Sequence[Collision] = (),
    status: int = 200,
) -> web.Response:
    speak = partial(say, request)
    async with connection(request.app[INSTANCE].pool) as conn:
        latest = await setting_changes.list_changes(conn, page.keys, limit=LATEST)
        told = [await tell_change(conn, speak, one) for one in latest]
        begun = form.typed("version") if status == 422 else ""
        version = begun or await setting_changes.find_version(conn, page.keys)
        following = await marketplaces.list_markets(conn) if "markets" in page.keys else []
    return await render(
        request,
        "settings/page.html",
        status=status,
        form=form,
        page=page,
        title=speak(page.title),
        sentence=speak(page.sentence),
        fields=[show_field(speak, one) for one in page.fields],
        version=version,
        latest=told,
        collisions=collisions,
        markets=following,
        pairs=list_pairs(form),
        accents=ACCENT_CLASSES,
        said=find_flash_message(request, SAID),
    )
