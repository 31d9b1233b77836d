"""What this server says of itself in sentences, and the languages that it knows."""

from datetime import UTC, datetime

from aiohttp import web

from federation.texts.html_cleaner import clean
from web.api.entities.values import write_moment
from web.api.json_responses import answer_json
from web.http.app_keys import INSTANCE
from web.rendering.i18n import LANGUAGE_NAMES
from web.rendering.render import find_branding, reader_language
from web.rendering.templating import FOLDER, TEMPLATES

PRIVACY = "help/data.html"
"""What we keep and how it is erased, as /mentions-legales says it."""


async def show_privacy_policy(request: web.Request) -> web.Response:
    """GET /api/v1/instance/privacy_policy: the page's own sentences, in the reader's language."""
    language = reader_language(request)
    environment = request.app[TEMPLATES].environments[language]
    text = environment.get_template(PRIVACY).render(account=None, coop=await find_branding(request))
    changed = datetime.fromtimestamp((FOLDER / PRIVACY).stat().st_mtime, UTC)
    response = answer_json(request, {"updated_at": write_moment(changed), "content": clean(text)})
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Authorization, Accept-Language, Cookie"
    return response


async def list_languages(request: web.Request) -> web.Response:
    """GET /api/v1/instance/languages: those that this server's own pages speak."""
    spoken = request.app[INSTANCE].site.languages
    return answer_json(request, [{"code": code, "name": name} for code, name in LANGUAGE_NAMES if code in spoken])


async def list_translation_languages(request: web.Request) -> web.Response:
    """GET /api/v1/instance/translation_languages: from none into any, since nothing is translated here."""
    return answer_json(request, {})
