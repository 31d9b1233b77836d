"""Applications: they register here, and ask what their token belongs to."""

import re
from urllib.parse import urlsplit

from aiohttp import web

from federation.software import NAME
from federation.web_push import load_key, write_public
from models.access import applications
from models.access.applications import OUT_OF_BAND, Application, NewApplication
from models.access.scopes import read_scopes, require_scopes
from models.access.tokens import Token
from models.errors import Invalid
from models.store.database import connection, transaction
from web.api.auth import TOKEN
from web.api.entities.values import Json
from web.api.json_responses import answer_json
from web.api.parameters import Parameters, read_parameters
from web.forms.throttle import require_try
from web.http.app_keys import INSTANCE

NAME_LIMIT = 100

ADDRESS_LIMIT = 1_000
"""Characters of a redirect URI or a website: it stands in addresses that a browser has to take."""

MOST_REDIRECTS = 10

SCOPES_LIMIT = 1_000

SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,99}", re.IGNORECASE)

FORBIDDEN_SCHEMES = frozenset({"javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source"})
"""What a browser would run or open in our name instead of handing it to an application."""

ADDRESS = re.compile(r"[!-~]+")


async def create_application(request: web.Request) -> web.Response:
    """POST /api/v1/apps: anybody may register a client."""
    new = read_application(await read_parameters(request))
    await require_try(request, "app", "")
    async with transaction(request.app[INSTANCE].pool) as conn:
        made, secret = await applications.register(conn, new)
    value = build_application(made, await _read_vapid(request)) | {"client_id": made.client_id, "client_secret": secret}
    response = answer_json(request, value | {"client_secret_expires_at": 0})
    response.headers["Cache-Control"] = "no-store"
    return response


def read_application(parameters: Parameters) -> NewApplication:
    """What a client says about itself. Raises Invalid with the field that is wrong."""
    name = " ".join(parameters.text("client_name").split())
    if not 0 < len(name) <= NAME_LIMIT:
        raise Invalid("client_name_invalid", most=NAME_LIMIT, field="client_name")
    website = parameters.text("website").strip()
    if website and (len(website) > ADDRESS_LIMIT or not is_web_address(website)):
        raise Invalid("website_invalid", field="website")
    redirects = list(dict.fromkeys(" ".join(parameters.texts("redirect_uris")).split()))
    if not 0 < len(redirects) <= MOST_REDIRECTS:
        raise Invalid("redirect_uris_count", most=MOST_REDIRECTS, field="redirect_uris")
    for uri in redirects:
        require_redirect(uri)
    asked = parameters.text("scopes")
    if len(asked) > SCOPES_LIMIT:
        raise Invalid("too_many_scopes", field="scopes")
    scopes = read_scopes(asked) or ["read"]
    require_scopes(scopes)
    return NewApplication(name=name, website=website or None, redirect_uris=redirects, scopes=scopes)


def require_redirect(uri: str) -> None:
    """Raise Invalid unless a browser may be led there with a code: a web address, or an app's own scheme.

    Plain http is what AndStatus registers; whoever is asked is warned of it (RFC 6749 §3.1.2.1).
    """
    if uri == OUT_OF_BAND:
        return
    scheme = uri.partition(":")[0].lower()
    if not _is_address(uri) or scheme in FORBIDDEN_SCHEMES:
        raise Invalid("redirect_uri_invalid", field="redirect_uris")
    if "#" in uri:
        raise Invalid("redirect_uri_fragment", field="redirect_uris")
    if scheme in {"http", "https"} and not is_web_address(uri):
        raise Invalid("redirect_uri_host", field="redirect_uris")


def _is_address(uri: str) -> bool:
    """Whether this is a scheme with something behind it, as short and as plain as addresses are."""
    scheme, _, rest = uri.partition(":")
    if not rest or len(uri) > ADDRESS_LIMIT:
        return False
    return SCHEME.fullmatch(scheme) is not None and ADDRESS.fullmatch(uri) is not None


def is_web_address(address: str) -> bool:
    """Whether this is an http or https address with a host and without a user."""
    try:
        parts = urlsplit(address)
        usable = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = ADDRESS.fullmatch(address) is not None and "\\" not in address
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc and plain and usable


async def show_application(request: web.Request) -> web.Response:
    """GET /api/v1/apps/verify_credentials: what the token belongs to."""
    token = request[TOKEN]
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await applications.find(conn, token.application_id) if token.application_id is not None else None
    vapid = await _read_vapid(request)
    value = build_application(found, vapid) if found is not None else _build_handmade(token, vapid)
    return answer_json(request, value | {"scopes": token.scopes})


async def _read_vapid(request: web.Request) -> str:
    return write_public(await load_key(request.app[INSTANCE]))


def build_application(application: Application, vapid: str) -> Json:
    """The entity Application, without its secret."""
    return {
        "id": str(application.id),
        "name": application.name,
        "website": application.website,
        "scopes": application.scopes,
        "redirect_uri": "\n".join(application.redirect_uris),
        "redirect_uris": application.redirect_uris,
        "vapid_key": vapid,
    }


def _build_handmade(token: Token, vapid: str) -> Json:
    """The same of a token that was made on the command line, which no application asked for."""
    return {
        "id": str(token.id),
        "name": token.application_name or NAME,
        "website": token.application_website,
        "redirect_uri": "",
        "redirect_uris": [],
        "vapid_key": vapid,
    }
