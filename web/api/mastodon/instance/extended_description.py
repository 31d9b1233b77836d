"""What the cooperative says about itself at more length, for the page that apps call About."""

from collections.abc import Sequence
from functools import partial
from html import escape

from aiohttp import web

from models import preferences
from models.preferences import Preferences
from models.settings import Site
from models.store.database import connection
from web.api.entities.values import write_moment_or_none
from web.api.json_responses import answer_json
from web.http.app_keys import INSTANCE
from web.rendering.hours_words import list_hour_lines
from web.rendering.render import reader_language, say

LEGAL = "/mentions-legales"
"""The page with all of it, and what is kept of people."""

SAID = ("name", "sentence", "territory_name", "address", "hours", "opening_hours", "legal_publisher", "legal_text")
"""The settings that it is made of."""


async def show_extended_description(request: web.Request) -> web.Response:
    """GET /api/v1/instance/extended_description."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        chosen = await preferences.load(conn)
        changed = await preferences.find_last_change(conn, SAID)
    hours = list_hour_lines(chosen.hours, partial(say, request), reader_language(request))
    return answer_json(
        request,
        {
            "updated_at": write_moment_or_none(changed),
            "content": write_presentation(instance.site, chosen, hours),
        },
    )


def write_presentation(site: Site, chosen: Preferences, hours: Sequence[str] = ()) -> str:
    """Its own words, escaped, as paragraphs of HTML, and the page that says the rest; nothing while it said nothing.

    `hours` are its opening hours, line by line.
    """
    where = ", ".join(part for part in (chosen.name, chosen.territory_name) if part)
    opening = "\n".join((*hours, chosen.opening_hours))
    texts = (chosen.sentence, chosen.address, opening, chosen.legal_publisher, chosen.legal_text)
    parts = [
        f"<p><strong>{_lines(where)}</strong></p>" if where else "",
        *(f"<p>{_lines(text)}</p>" for text in texts if text),
    ]
    if not any(parts):
        return ""
    address = site.url + LEGAL
    return "".join((*parts, f'<p><a href="{escape(address)}">{escape(address, quote=False)}</a></p>'))


def _lines(text: str) -> str:
    return "<br>".join(escape(line, quote=False) for line in text.strip().splitlines())
