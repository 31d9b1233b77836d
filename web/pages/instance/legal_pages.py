"""What the law and the licences ask for: legal notice, personal data, moderation, accessibility, credits."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import msgspec
from aiohttp import web

from models import preferences
from models.moderation.decision_deadlines import ANSWER_WITHIN
from models.moderation.decisions import APPEAL_TIME
from models.people.documents import versions
from models.people.documents.rules import read_rules
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.pages.instance.credits import list_credits
from web.rendering.data_register.register import load_as_kept, read_register
from web.rendering.formats import format_span
from web.rendering.render import reader_language, render, say


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessibilityCheck:
    """What a machine looked at before a version was released, and when: so many addresses, with this axe-core."""

    version: str
    day: date
    axe: str
    pages: int


CHECK_FILE = Path(__file__).with_name("accessibility_check.json")
"""Written by the run that looked at all pages (`make accessibility`, `make walk`)."""

CHECKED = msgspec.json.decode(CHECK_FILE.read_bytes(), type=AccessibilityCheck)


async def show_legal(request: web.Request) -> web.Response:
    """GET /mentions-legales."""
    async with connection(request.app[INSTANCE].pool) as conn:
        documents = await versions.list_current(conn)
    return await render(request, "help/legal.html", documents=documents)


async def show_personal_data(request: web.Request) -> web.Response:
    """GET /donnees-personnelles: the register, with the lengths that the code keeps to."""
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await load_as_kept(conn)
    entries = read_register(chosen, reader_language(request), partial(say, request))
    return await render(request, "help/personal_data.html", entries=entries)


async def show_moderation(request: web.Request) -> web.Response:
    """GET /moderation: what the team may do, for which reasons, who decides, how to object, what is written down."""
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        charter = await versions.find_current(conn, "charter")
    language = reader_language(request)
    return await render(
        request,
        "help/moderation.html",
        chosen=chosen,
        rules=read_rules(charter.text) if charter else [],
        appeal_time=format_span(APPEAL_TIME, language),
        answer_within=format_span(ANSWER_WITHIN, language),
    )


async def show_accessibility(request: web.Request) -> web.Response:
    """GET /accessibilite."""
    return await render(request, "help/accessibility.html", checked=CHECKED)


async def show_credits(request: web.Request) -> web.Response:
    """GET /credits."""
    return await render(request, "help/credits.html", credits=list_credits())
