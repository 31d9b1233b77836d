"""OAuth 2 for applications: codes and secrets become tokens (RFC 6749, 7636), and tokens are given back (RFC 7009)."""

import base64
import binascii
from datetime import UTC, datetime
from urllib.parse import unquote_plus

from aiohttp import web

from models.access import applications, authorization_grants, tokens
from models.access.applications import Application
from models.access.authorization_grants import Grant
from models.access.scopes import choose, covers_all, read_scopes
from models.access.staff_scopes import is_of_staff
from models.errors import OAuthError
from models.store.database import Connection, transaction
from web.api.entities.values import Json
from web.api.json_responses import answer_json
from web.api.parameters import Parameters, read_body
from web.forms.throttle import require_try
from web.http.app_keys import INSTANCE

LONGEST = 200
"""Characters of anything that we made: ids, secrets, codes, tokens, and of a verifier."""


async def create_token(request: web.Request) -> web.Response:
    """POST /oauth/token."""
    parameters = await read_body(request)
    kind = parameters.text("grant_type")
    client_id, secret = _read_client(request, parameters)
    await require_try(request, "token", client_id[:LONGEST])
    async with transaction(request.app[INSTANCE].pool) as conn:
        client = await _require_client(conn, client_id, secret)
        match kind:
            case "authorization_code":
                issued = await _redeem(conn, client, parameters)
            case "refresh_token":
                issued = await _refresh(conn, client, parameters)
            case "client_credentials":
                issued = await _issue_alone(conn, client, parameters)
            case _:
                raise OAuthError(
                    "unsupported_grant_type", "grant_type is authorization_code, refresh_token or client_credentials."
                )
    if issued is None:  # raised only now: what a repeated code or token put an end to is committed
        raise OAuthError(
            "invalid_grant", "This code or refresh token is not valid: used, too old, revoked, or not for this."
        )
    return _answer(request, issued)


async def revoke_token(request: web.Request) -> web.Response:
    """POST /oauth/revoke: `{}` also for a token that nobody knows; one of another application is refused."""
    parameters = await read_body(request)
    client_id, secret = _read_client(request, parameters)
    token = parameters.text("token")[:LONGEST]
    await require_try(request, "token", client_id[:LONGEST])
    async with transaction(request.app[INSTANCE].pool) as conn:
        found = await tokens.find_living(conn, token)
        grant = None if found else await authorization_grants.find_by_refresh_token(conn, token)
        owner = found.application_id if found else grant.application_id if grant else None
        await _require_owner(conn, owner, client_id, secret)
        if grant is not None:
            await authorization_grants.revoke(conn, grant.id)
        elif found is not None and (owner is not None or not client_id):
            await tokens.revoke_bearer(conn, token)
    return _answer(request, {})


async def _redeem(conn: Connection, client: Application, parameters: Parameters) -> Json | None:
    code = parameters.text("code")
    if not code:
        raise OAuthError("invalid_request", "code is missing.")
    grant = await authorization_grants.redeem(
        conn,
        client,
        code[:LONGEST],
        redirect_uri=parameters.text("redirect_uri"),
        verifier=parameters.text("code_verifier")[:LONGEST],
    )
    return None if grant is None else await _issue(conn, client, grant, grant.scopes)


async def _refresh(conn: Connection, client: Application, parameters: Parameters) -> Json | None:
    token = parameters.text("refresh_token")
    if not token:
        raise OAuthError("invalid_request", "refresh_token is missing.")
    grant = await authorization_grants.use_refresh_token(conn, client, token[:LONGEST])
    if grant is None:
        return None
    scopes = read_scopes(parameters.text("scope")) or grant.scopes
    if not covers_all(grant.scopes, scopes):
        raise OAuthError("invalid_scope", "This goes beyond what the person allowed.")
    return await _issue(conn, client, grant, scopes)


async def _issue(conn: Connection, client: Application, grant: Grant, scopes: list[str]) -> Json:
    """An access token for what a person allowed, and the refresh token with which the application gets the next."""
    bearer = await tokens.create(conn, actor_id=grant.actor_id, scopes=scopes, application=client, grant_id=grant.id)
    return _build(bearer, scopes) | {"refresh_token": await authorization_grants.make_refresh_token(conn, grant.id)}


async def _issue_alone(conn: Connection, client: Application, parameters: Parameters) -> Json:
    """A token of the application itself, for nobody."""
    scopes = choose(read_scopes(parameters.text("scope")), client.scopes)
    if not covers_all(client.scopes, scopes):
        raise OAuthError("invalid_scope", "This application did not register for these scopes.")
    if any(is_of_staff(scope) for scope in scopes):
        raise OAuthError("invalid_scope", "Only a person who moderates can allow this.")
    return _build(await tokens.create(conn, actor_id=None, scopes=scopes, application=client), scopes)


def _build(bearer: str, scopes: list[str]) -> Json:
    return {
        "access_token": bearer,
        "token_type": "Bearer",
        "scope": " ".join(scopes),
        "created_at": int(datetime.now(UTC).timestamp()),
    }


def _read_client(request: web.Request, parameters: Parameters) -> tuple[str, str]:
    """Id and secret, from the body or from HTTP Basic, where both are form-encoded first (RFC 6749 §2.3.1)."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return parameters.text("client_id"), parameters.text("client_secret")
    try:
        client_id, _, secret = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise OAuthError("invalid_client", "The header Authorization cannot be read.", status=401) from error
    return unquote_plus(client_id), unquote_plus(secret)


async def _require_client(conn: Connection, client_id: str, secret: str) -> Application:
    """The client. The same answer for an unknown one and for a wrong secret."""
    found = await applications.find_by_client_id(conn, client_id[:LONGEST])
    if found is None or not found.has_secret(secret):
        raise OAuthError("invalid_client", "client_id and client_secret do not go together.", status=401)
    return found


async def _require_owner(conn: Connection, owner: int | None, client_id: str, secret: str) -> None:
    """Raise OAuthError unless a token is of this application; one of no application needs none."""
    if not client_id and owner is None:
        return
    client = await _require_client(conn, client_id, secret)
    if owner is not None and owner != client.id:
        raise OAuthError("unauthorized_client", "This token is not one of this application.", status=403)


def _answer(request: web.Request, value: Json) -> web.Response:
    response = answer_json(request, value)
    response.headers["Cache-Control"], response.headers["Pragma"] = "no-store", "no-cache"
    return response
