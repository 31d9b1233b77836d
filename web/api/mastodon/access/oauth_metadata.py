"""What this server tells applications of its OAuth 2 (RFC 8414), and of the person who let them in."""

import orjson
from aiohttp import web

from models.access.scopes import SCOPES
from models.store.database import connection
from web.api.auth import reader
from web.api.entities.accounts import load_account
from web.api.entities.values import Json, read_look
from web.api.json_responses import answer_json
from web.http.app_keys import INSTANCE


async def show_metadata(request: web.Request) -> web.Response:
    """GET /.well-known/oauth-authorization-server."""
    value = build_metadata(request.app[INSTANCE].site.url)
    headers = {"Cache-Control": "max-age=3600, public", "Content-Type": "application/json"}
    return web.Response(body=orjson.dumps(value), headers=headers)


def build_metadata(origin: str) -> Json:
    """Phanpy uses PKCE only where S256 is listed; no client shall find the password grant here."""
    ways = ["client_secret_post", "client_secret_basic"]
    return {
        "issuer": origin,
        "service_documentation": "https://docs.joinmastodon.org/",
        "authorization_endpoint": f"{origin}/oauth/authorize",
        "token_endpoint": f"{origin}/oauth/token",
        "revocation_endpoint": f"{origin}/oauth/revoke",
        "userinfo_endpoint": f"{origin}/oauth/userinfo",
        "app_registration_endpoint": f"{origin}/api/v1/apps",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "token_endpoint_auth_methods_supported": ways,
        "revocation_endpoint_auth_methods_supported": ways,
        "code_challenge_methods_supported": ["S256"],
    }


async def show_userinfo(request: web.Request) -> web.Response:
    """GET or POST /oauth/userinfo: the little that the scope `profile` shows, in the words of OpenID Connect."""
    actor = reader(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        account = await load_account(conn, read_look(request), actor)
    return answer_json(
        request,
        {
            "iss": request.app[INSTANCE].site.url,
            "sub": actor.uri,
            "name": account["display_name"],
            "preferred_username": account["username"],
            "profile": account["url"],
            "picture": account["avatar"],
        },
    )
