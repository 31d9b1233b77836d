"""The list of the cooperative's settings: each page with what it is about and what stands now."""

from dataclasses import dataclass
from functools import partial

from aiohttp import web

from models import preferences
from models.people.accounts import Account
from models.people.roles import has_right
from models.preferences import Preferences
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.pages.instance.settings.pages import PAGES
from web.pages.instance.settings.settings_page import GROUPS, SettingsPage
from web.pages.instance.settings.value_words import summarise
from web.rendering.i18n import Say
from web.rendering.render import render, say
from web.security.session import require_right


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsLine:
    """A page on the list."""

    page: SettingsPage
    title: str
    sentence: str
    now: str


async def show_settings(request: web.Request) -> web.Response:
    """GET /coop/reglages."""
    me = require_right(request, "settings")
    async with connection(request.app[INSTANCE].pool) as conn:
        groups = await _list_groups(conn, partial(say, request), me, await preferences.load(conn))
    return await render(request, "settings/index.html", groups=groups)


async def _list_groups(
    conn: Connection, speak: Say, me: Account, chosen: Preferences
) -> list[tuple[str, list[SettingsLine]]]:
    groups = []
    for group, name in GROUPS.items():
        pages = [one for one in PAGES if one.group == group and has_right(me, one.right)]
        lines = [
            SettingsLine(
                page=one,
                title=speak(one.title),
                sentence=speak(one.sentence),
                now=" · ".join(await summarise(conn, speak, one, chosen)),
            )
            for one in pages
        ]
        if lines:
            groups.append((speak(name), lines))
    return groups
