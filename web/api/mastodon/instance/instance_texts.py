"""What this server says of itself in sentences, and the languages that it knows."""

from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from federation.texts.html_cleaner import clean
from models.store.database import connection
from web.api.entities.values import write_moment
from web.api.json_responses import answer_json
from web.http.app_keys import INSTANCE
from web.rendering.data_register.register import load_as_kept, read_register
from web.rendering.environments import FOLDER
from web.rendering.i18n import LANGUAGE_NAMES
from web.rendering.render import find_branding, reader_language, say
from web.rendering.templating import TEMPLATES

PRIVACY = "help/data.html"
"""What we keep and how it is erased, as /donnees-personnelles says it."""

REGISTER = FOLDER.parent / "rendering" / "data_register"
"""Where what is kept stands."""


async def show_privacy_policy(request: web.Request) -> web.Response:
    """GET /api/v1/instance/privacy_policy: the page's own sentences, in the reader's language."""
    language = reader_language(request)
    environment = request.app[TEMPLATES].environments[language]
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await load_as_kept(conn)
    entries = read_register(chosen, language, partial(say, request))
    text = environment.get_template(PRIVACY).render(
        account=None, coop=await find_branding(request), entries=entries, in_table=False
    )
    files = [FOLDER / PRIVACY, *REGISTER.glob("*.py")]
    changed = datetime.fromtimestamp(max(one.stat().st_mtime for one in files), UTC)
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
