"""How many requests a client may make: of an app by its account, of a page by its member, of others by their network.

429 beyond it, and three headers that tell an app how much is left. The numbers stand in `models/limits`.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web
from aiohttp.typedefs import Handler

from federation.http_client.lru_cache import Cache
from models.errors import Unauthenticated
from models.limits import FIVE_MINUTES, ClientLimits, Limit, for_clients
from models.store.limit_memory import MemoryCounter
from web.http.accept import asks_for_document
from web.http.app_keys import INSTANCE
from web.http.client_address import visitor_network
from web.middlewares.errors import FOR_SERVERS
from web.security.session import cookie_name, current_account

LIMITED = ("/api/", "/oauth/")

NOT_PAGES = ("/static/", "/media/", *FOR_SERVERS)
"""What pages are made of, and what servers ask for (they have limits of their own, see `peer_rate_limits`)."""

MOST_OWNERS = 50_000


class RateLimits:
    """The limits of clients on this server, and whose each token and session is that opened something lately."""

    def __init__(self, counter: MemoryCounter, rate_limit: int) -> None:
        """`rate_limit` is requests per window and account; 0 is none, for servers neither."""
        self.counter = counter
        self.limits: ClientLimits | None = for_clients(rate_limit) if rate_limit else None
        self.owners: Cache[bytes, str] = Cache(size=MOST_OWNERS, seconds=FIVE_MINUTES.total_seconds())

    @property
    def shared(self) -> list[Limit]:
        """Those that are summed over all processes."""
        limits = self.limits
        return [limits.app, limits.address, limits.wrong_tokens, limits.member, limits.visitor] if limits else []


RATE_LIMITS = web.AppKey("rate_limits", RateLimits)

OWNER = web.RequestKey("owner", str)
"""Whose the token of a request is, in words that say so for no other: whoever checks the token writes it down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Whom to count, and under which limit: whose the bearer token is, else the network address.

    `token` is None where none came. Wrong ones are counted by the address that they come from, so that inventing them
    gives nobody more.
    """

    limit: Limit
    key: str
    address: str
    token: bytes | None
    known: bool


@web.middleware
async def rate_limit_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a client or a reader that asks too often, and tell every other client how much it has left."""
    rate_limits = request.app[RATE_LIMITS]
    if rate_limits.limits is None or request.method == "OPTIONS":
        return await handler(request)
    if request.path.startswith(LIMITED):
        return await _answer_app(request, handler, rate_limits, rate_limits.limits)
    return await _show_page(request, handler, rate_limits, rate_limits.limits)


async def _answer_app(
    request: web.Request, handler: Handler, rate_limits: RateLimits, limits: ClientLimits
) -> web.StreamResponse:
    """Count a request of an application, by its account where its token is good, else by network address."""
    counter, client = rate_limits.counter, _read_client(request, rate_limits, limits)
    # Who shares an address with somebody who guesses is not kept out for it.
    guessed = not client.known and counter.used(limits.wrong_tokens, client.address) >= limits.wrong_tokens.most
    allowed = counter.spend(client.limit, client.key)
    headers = _describe(counter, client)
    if guessed or not allowed:
        raise _refusal(counter, client.limit, headers)
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        for name, text in headers.items():
            answer.headers.setdefault(name, text)  # a limit of its own says when to come again
        raise
    except Unauthenticated:
        _note_wrong_token(rate_limits, limits, client)
        raise
    finally:
        _keep_owner(request, rate_limits, limits, client)
    if not response.prepared:
        response.headers.update(headers)
    return response


def _keep_owner(request: web.Request, rate_limits: RateLimits, limits: ClientLimits, client: Client) -> None:
    """Now that it is known whose a token is: this request counts as hers, and so do those to come."""
    if client.token is not None and not client.known and OWNER in request:
        rate_limits.owners.keep(client.token, request[OWNER])
        rate_limits.counter.give_back(client.limit, client.key)
        rate_limits.counter.spend(limits.app, request[OWNER])


def _note_wrong_token(rate_limits: RateLimits, limits: ClientLimits, client: Client) -> None:
    """The last request of this client came with a token that opens nothing, or nothing any more."""
    if client.token is not None:
        rate_limits.owners.forget(client.token)
        rate_limits.counter.give_back(client.limit, client.key)
        rate_limits.counter.spend(limits.wrong_tokens, client.address)


async def _show_page(
    request: web.Request, handler: Handler, rate_limits: RateLimits, limits: ClientLimits
) -> web.StreamResponse:
    """Count a page: those of a member by member, others by network address; an invented session gives nobody more."""
    if request.path.startswith(NOT_PAGES) or asks_for_document(request):
        return await handler(request)
    session = _hash("session", request.cookies.get(cookie_name(request.app[INSTANCE].site), ""))
    owner = rate_limits.owners.find(session)
    limit = limits.member if owner is not None else limits.visitor
    if not rate_limits.counter.spend(limit, owner if owner is not None else visitor_network(request.remote)):
        raise _refusal(rate_limits.counter, limit, {})
    try:
        return await handler(request)
    finally:
        member = current_account(request)
        if member is not None and owner is None:
            rate_limits.owners.keep(session, str(member.actor_id))
            rate_limits.counter.spend(limits.member, str(member.actor_id))


def _refusal(counter: MemoryCounter, limit: Limit, headers: dict[str, str]) -> web.HTTPTooManyRequests:
    return web.HTTPTooManyRequests(headers=headers | {"Retry-After": format_retry_after(counter, limit)})


def format_retry_after(counter: MemoryCounter, limit: Limit) -> str:
    """In how many seconds a limit that goes by the clock begins anew (`Retry-After`)."""
    return str(max(1, math.ceil(counter.seconds_left(limit))))


def _describe(counter: MemoryCounter, client: Client) -> dict[str, str]:
    """The three headers, which clients want together or not at all."""
    left = client.limit.most - counter.used(client.limit, client.key)
    return {
        "X-RateLimit-Limit": str(client.limit.most),
        "X-RateLimit-Remaining": str(max(0, left)),
        "X-RateLimit-Reset": format_reset(counter.window(client.limit) + client.limit.seconds),
    }


def format_reset(seconds: float) -> str:
    """A moment in seconds since 1970, as clients read it (`X-RateLimit-Reset`)."""
    moment = datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read_client(request: web.Request, rate_limits: RateLimits, limits: ClientLimits) -> Client:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    address = visitor_network(request.remote)
    if scheme.lower() != "bearer":
        return Client(limit=limits.address, key=address, address=address, token=None, known=False)
    token = _hash("token", bearer.strip())
    owner = rate_limits.owners.find(token)
    key = owner if owner is not None else f"token {token.hex()}"
    return Client(limit=limits.app, key=key, address=address, token=token, known=owner is not None)


def _hash(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind} {text}".encode()).digest()
