"""The site's service worker: the script with the list of what it keeps, which changes as soon as any of that does."""

import hashlib
import json

from aiohttp import web

from models.repairs.diagnostic.current import load_current
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.http.caching import answer_kept
from web.rendering.templating import TEMPLATES

SCRIPT = "service-worker.js"

PAGE = "/diagnostic/entier"

FILES = (
    *("tokens.css", "base.css", "components.css", "declic.js", "offline.js"),
    *("images/repairs.svg", "icons/icons.svg", "images/signe.svg"),
    *("fonts/bricolage-grotesque.woff2", "fonts/bricolage-digits.woff2", "fonts/atkinson-hyperlegible-next.woff2"),
)
"""What the page needs to look as it does, and nothing else is kept."""

SESSIONS = (
    *("/connexion", "/deconnexion", "/lien", "/inscription", "/installation"),
    *("/appel", "/depannage/appeler", "/depannage/mon-appel", "/compte/attente"),
)
"""What is posted there, or below, may leave this browser to somebody else: nothing private stays kept."""

TEMPLATES_OF_PAGE = ("base.html", "repairs/diagnostic/whole.html", "repairs/diagnostic/parts.html")


async def show_service_worker(request: web.Request) -> web.Response:
    """GET /service-worker.js: asked for anew by browsers whenever a page is opened, so that an edition spreads."""
    assets = request.app[TEMPLATES].assets
    async with connection(request.app[INSTANCE].pool) as conn:
        current = await load_current(conn)
    files = [assets.urls[name] for name in FILES]
    script = assets.files[assets.urls[SCRIPT].removeprefix("/static/")].body
    edition = hashlib.sha256("".join([current.edition, *_read_templates(request), *files]).encode()).hexdigest()[:12]
    kept = json.dumps({"edition": edition, "page": PAGE, "files": files, "sessions": SESSIONS})
    body = f"const KEPT = {kept};\n".encode() + script
    return answer_kept(request, body, seconds=0, headers={"Content-Type": "text/javascript; charset=utf-8"})


def _read_templates(request: web.Request) -> list[str]:
    """What the page is made of: where a release changes it, browsers fetch it anew."""
    environment = request.app[TEMPLATES].environments[request.app[INSTANCE].site.languages[0]]
    assert environment.loader is not None
    return [environment.loader.get_source(environment, name)[0] for name in TEMPLATES_OF_PAGE]
