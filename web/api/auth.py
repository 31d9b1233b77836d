"""Who asks, and what the token allows: the only place where the API checks bearer tokens and scopes."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler

from models.access import tokens
from models.access.tokens import Token
from models.errors import AccountSuspended, Forbidden, Invalid, NotFound, Unauthenticated
from models.people import accounts
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.documents import acceptances
from models.people.roles import Right, has_right
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.middlewares.rate_limits import OWNER
from web.rendering.render import LANGUAGE
from web.security.documents_due import PAGE

TOKEN = web.RequestKey("token", Token)
READER = web.RequestKey("reader", Actor)
STAFF = web.RequestKey("staff", Account)

Newcomers = Literal["refused", "visitors", "let_in"]
"""What becomes of a token whose owner has not confirmed her address, or waits for the team's yes."""

SEEN_EVERY = timedelta(hours=1)
"""How exactly we remember when a token was last used."""


def open_to_all(handler: Handler, scope: str | None = None) -> Handler:
    """A view that anybody may ask; with a token it must be a valid one, which allows `scope`."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        token = await _identify(request, _read_bearer(request), newcomers="visitors")
        if token is not None and scope is not None:
            _require_scope(token, scope)
        return await handler(request)

    return guarded


def for_apps(handler: Handler, scope: str | None = None) -> Handler:
    """A view for any valid token, be it a person's or an application's own, that allows `scope`."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        token = await _identify(request, _read_bearer(request))
        if token is None:
            raise Unauthenticated("token_missing")
        if scope is not None:
            _require_scope(token, scope)
        return await handler(request)

    return guarded


def for_people(handler: Handler, scope: str | None) -> Handler:
    """A view for somebody of ours whose token allows `scope`; None for what any token of theirs opens."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        token = await _identify(request, _read_bearer(request))
        if token is None:
            raise Unauthenticated("token_missing")
        if scope is not None:
            _require_scope(token, scope)
        if READER not in request:
            raise Invalid("user_token_required")
        return await handler(request)

    return guarded


def for_staff(handler: Handler, scope: str, *rights: Right) -> Handler:
    """A view for somebody of ours whose token allows `scope` and who has one of these rights still.

    Whoever has none gets the answer for what does not exist.
    """

    async def guarded(request: web.Request) -> web.StreamResponse:
        async with connection(request.app[INSTANCE].pool) as conn:
            account = await accounts.find(conn, reader(request).id)
        if account is None or not any(has_right(account, right) for right in rights):
            raise NotFound
        request[STAFF] = account
        return await handler(request)

    return for_people(guarded, scope)


def staff(request: web.Request) -> Account:
    """Who asks, in a view made by `for_staff`."""
    return request[STAFF]


def for_unconfirmed(handler: Handler, scope: str) -> Handler:
    """A view for somebody of ours whose address may not be confirmed yet, or who waits for the team's yes.

    Her token opens nothing else before.
    """

    async def guarded(request: web.Request) -> web.StreamResponse:
        token = await _identify(request, _read_bearer(request), newcomers="let_in")
        if token is None:
            raise Unauthenticated("token_missing")
        _require_scope(token, scope)
        if READER not in request:
            raise Invalid("user_token_required")
        return await handler(request)

    return guarded


def for_streams(handler: Handler) -> Handler:
    """A stream: any valid token, which may also stand in the address or as the WebSocket's protocol.

    Pages of other origins cannot give a WebSocket a header. The view asks for the scope, which differs by stream.
    """

    async def guarded(request: web.Request) -> web.StreamResponse:
        if await _identify(request, _read_stream_bearer(request)) is None:
            raise Unauthenticated("token_missing")
        if not any(request[TOKEN].allows(scope) for scope in ("read:statuses", "read:notifications")):
            raise Forbidden("insufficient_scope", scope="read:statuses")
        return await handler(request)

    return guarded


def with_accepted_charter(view: Handler) -> Handler:
    """A view that publishes, or asks for something: past the day on which a yes to the charter was due, it comes first.

    Raises Forbidden with the address of the page where the yes is given.
    """

    async def guarded(request: web.Request) -> web.StreamResponse:
        async with connection(request.app[INSTANCE].pool) as conn:
            due = await acceptances.find_due(conn, reader(request).id)
        if due is not None and due <= datetime.now(UTC):
            raise Forbidden("documents_due", url=f"{request.app[INSTANCE].site.url}{PAGE}")
        return await view(request)

    return guarded


def list_protocols(request: web.Request) -> list[str]:
    """What a WebSocket asks for as its protocol: clients in browsers name their token."""
    return [
        text for text in (part.strip() for part in request.headers.get("Sec-WebSocket-Protocol", "").split(",")) if text
    ]


def reader(request: web.Request) -> Actor:
    """Who asks, in a view made by `for_people`."""
    return request[READER]


def reader_id(request: web.Request) -> int | None:
    """The row id of who asks, None for anybody."""
    found = request.get(READER)
    return None if found is None else found.id


def _require_scope(token: Token, scope: str) -> None:
    if not token.allows(scope):
        raise Forbidden("insufficient_scope", scope=scope)


def _read_bearer(request: web.Request) -> str | None:
    """The token in the header. One in an address would end in logs, so it is refused (B-45)."""
    if "access_token" in request.query:
        raise Unauthenticated("token_in_address")
    return _read_header(request)


def _read_stream_bearer(request: web.Request) -> str | None:
    """The token of a stream, in any of the three places."""
    bearer = _read_header(request) or request.query.get("access_token")
    return bearer or next(iter(list_protocols(request)), None)


def _read_header(request: web.Request) -> str | None:
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, bearer = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("authorization_unreadable")
    return bearer.strip()


async def _identify(request: web.Request, bearer: str | None, *, newcomers: Newcomers = "refused") -> Token | None:
    """Find the token and remember whose it is.

    Raises Forbidden before the address is confirmed and the team said yes, but to `newcomers`; where anybody may ask,
    she is a visitor until then. And AccountSuspended, whatever is asked for: to take an app's access back goes without
    this (`/oauth/revoke`).
    """
    if bearer is None:
        return None
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await tokens.find_with_actor(conn, bearer)
        if found is None:
            raise Unauthenticated("invalid_token")
        token, reader = found
        if token.language in request.app[INSTANCE].site.languages:
            request[LANGUAGE] = token.language
        if not _is_served(request, token, newcomers):
            return None
        request[TOKEN] = token
        request[OWNER] = _name_owner(token)
        if reader is not None:
            request[READER] = reader
        if token.used_at is None or token.used_at < datetime.now(UTC) - SEEN_EVERY:
            await _note_use(conn, token)
    return token


def _is_served(request: web.Request, token: Token, newcomers: Newcomers) -> bool:
    """Whether the token counts for what is asked; False where its owner is a visitor still.

    Who waits has to confirm her address only where mails leave.
    """
    if token.suspended:
        raise AccountSuspended
    unconfirmed = not token.confirmed and (not token.waiting or request.app[INSTANCE].settings.smtp_url is not None)
    if newcomers == "let_in" or not (unconfirmed or token.waiting):
        return True
    if newcomers == "visitors":
        return False
    if unconfirmed:
        raise Forbidden("email_unconfirmed")
    raise Forbidden("approval_pending")


def _name_owner(token: Token) -> str:
    """The account whose requests are counted together; of an application alone, the application."""
    if token.actor_id is not None:
        return f"account {token.actor_id}"
    return f"application {token.application_id}" if token.application_id is not None else f"token {token.id}"


async def _note_use(conn: Connection, token: Token) -> None:
    await tokens.touch(conn, token.id)
    if token.actor_id is not None:
        await accounts.touch(conn, token.actor_id)
