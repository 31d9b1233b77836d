"""How many requests a client may make: counted here, summed with the other processes through the database."""

import asyncio
import hashlib
import math
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from models import quotas
from models.attempts import network_of
from models.database import Pool, transaction
from models.errors import Unauthenticated, Unavailable
from web.accept import asks_for_document
from web.errors import FOR_SERVERS
from web.keys import INSTANCE
from web.session import cookie_name, current_account

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 300

ANONYMOUS_SHARE = 5
"""An anonymous address has a fifth of what an account has."""

MOST_KEYS = 50_000
"""So many clients are counted at once in this process."""

CROWD = 2_000
OFTEN = 10
"""When more clients than a crowd asked since the last exchange, only those that ask often are told of."""

LIMITED = ("/api/", "/oauth/")

PAGES_SHARE = 2.5
"""A network address may open so many times fewer pages than a member: two a second by default, for minutes on end.

A household and a reading room stay below it, and so do search engines; whoever copies the whole site does not.
"""

NOT_PAGES = ("/static/", "/media/", *FOR_SERVERS)
"""What pages are made of, and what servers ask for (they have limits of their own, see `peer_quota`)."""


class Quota:
    """The counters of the current five minutes: what this process counted, and what the others told."""

    def __init__(self, pool: Pool, limit: int) -> None:
        """`limit` is requests per window and account; 0 is none."""
        self.limit = limit
        self._pool = pool
        self._window = current_window()
        self._unsent: dict[bytes, int] = defaultdict(int)
        self._total: dict[bytes, int] = defaultdict(int)
        self._owners: dict[bytes, bytes] = {}

    def count(self, key: bytes) -> int:
        """Count one more request under `key`; how many there were in this window, as far as we know."""
        if len(self._total) >= MOST_KEYS and key not in self._total:
            self._forget_rare()
        if self._window != current_window():
            self._window = current_window()
            self._unsent.clear()
            self._total.clear()
            self._owners.clear()
        self._unsent[key] += 1
        self._total[key] += 1
        return self._total[key]

    def used(self, key: bytes) -> int:
        """What was counted under `key` in this window."""
        return self._total.get(key, 0)

    def owner_of(self, token: bytes) -> bytes | None:
        """Under which key this token is counted, once it opened something in this window."""
        return self._owners.get(token) if self._window == current_window() else None

    def learn(self, token: bytes, owner: bytes) -> None:
        """This token is good, and its account's or application's: all of theirs are counted together."""
        if len(self._owners) < MOST_KEYS:
            self._owners[token] = owner
            self.move(token, owner)

    def refuse(self, client: "Client") -> None:
        """The last request of this client came with a token that opens nothing, or nothing any more."""
        if client.has_token:
            self.move(self._owners.pop(client.key, client.key), client.refused)

    @property
    def size(self) -> int:
        """How many clients are counted just now."""
        return len(self._total)

    def move(self, key: bytes, other: bytes) -> None:
        """Count the last request under another key instead."""
        for counters in (self._unsent, self._total):
            if counters.get(key, 0) > 1:
                counters[key] -= 1
            else:
                counters.pop(key, None)
        self.count(other)

    def _forget_rare(self) -> None:
        """Make room (B-38): a crowd of addresses that asked once each is not what a limit is for."""
        rare = sorted(self._total, key=lambda key: self._total[key])[: MOST_KEYS // 2]
        for key in rare:
            del self._total[key]
            self._unsent.pop(key, None)

    async def exchange(self) -> None:
        """Send what was counted since the last time, and learn what all processes counted together."""
        window, unsent = self._window, dict(self._unsent)
        if not unsent:
            return
        self._unsent.clear()
        if len(unsent) > CROWD:
            unsent = {key: number for key, number in unsent.items() if self._total.get(key, 0) >= OFTEN}
        async with transaction(self._pool) as conn:
            totals = await quotas.add(conn, window, unsent)
        if window == self._window:
            for key, total in totals.items():
                self._total[key] = total + self._unsent[key]

    async def run(self) -> None:
        """Exchange every five seconds until cancelled."""
        while True:
            await asyncio.sleep(5)
            try:
                await self.exchange()
            except Unavailable as error:
                log.debug("quota_not_shared", cause=str(error))


def current_window() -> datetime:
    """The beginning of the current five minutes."""
    return datetime.fromtimestamp(time.time() // WINDOW_SECONDS * WINDOW_SECONDS, UTC)


QUOTA = web.AppKey("quota", Quota)

OWNER = web.RequestKey("owner", str)
"""Whose the token of a request is, in words that say so for no other: whoever checks the token writes it down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Whom to count and how much they may: whose the bearer token is, else the network address.

    `refused` counts wrong tokens of one address, so that inventing tokens gives nobody more.
    """

    key: bytes
    limit: int
    refused: bytes
    has_token: bool


@web.middleware
async def quota_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a client or a reader that asks too often, and tell every other client how much it has left."""
    quota = request.app[QUOTA]
    if not quota.limit or request.method == "OPTIONS":
        return await handler(request)
    if request.path.startswith(LIMITED):
        return await _answer_app(request, handler, quota)
    return await _show_page(request, handler, quota)


async def _answer_app(request: web.Request, handler: Handler, quota: Quota) -> web.StreamResponse:
    """Count a request of an application, by its account where its token is good, else by network address."""
    client = _read_client(request, quota.limit)
    owner = quota.owner_of(client.key)  # who shares an address with somebody who guesses is not kept out for it
    used = quota.count(owner or client.key)
    headers = _describe(client.limit, used)
    if used > client.limit or (owner is None and quota.used(client.refused) > quota.limit // ANONYMOUS_SHARE):
        raise _refusal(headers)
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        for name, text in headers.items():
            answer.headers.setdefault(name, text)  # a limit of its own says when to come again
        raise
    except Unauthenticated:
        quota.refuse(client)
        raise
    finally:
        if owner is None and client.has_token and OWNER in request:
            quota.learn(client.key, _hash("owner", request[OWNER]))
    if not response.prepared:
        response.headers.update(headers)
    return response


async def _show_page(request: web.Request, handler: Handler, quota: Quota) -> web.StreamResponse:
    """Count a page: those of a member by member, others by network address; an invented session gives nobody more."""
    if request.path.startswith(NOT_PAGES) or asks_for_document(request):
        return await handler(request)
    token = request.cookies.get(cookie_name(request.app[INSTANCE].site), "")
    session = _hash("session", token)
    owner = quota.owner_of(session)
    limit = quota.limit if owner else math.ceil(quota.limit / PAGES_SHARE)
    address = _hash("pages", network_of(request.remote))
    if quota.count(owner or address) > limit:
        raise _refusal({})
    try:
        return await handler(request)
    finally:
        member = current_account(request)
        if member is not None and owner is None:
            quota.learn(session, _hash("member", str(member.actor_id)))


def _refusal(headers: dict[str, str]) -> web.HTTPTooManyRequests:
    wait = math.ceil((_window_end() - datetime.now(UTC)).total_seconds())
    return web.HTTPTooManyRequests(headers=headers | {"Retry-After": str(max(1, wait))})


def _describe(limit: int, used: int) -> dict[str, str]:
    """The three headers, which clients want together or not at all."""
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(max(0, limit - used)),
        "X-RateLimit-Reset": _window_end().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _read_client(request: web.Request, limit: int) -> Client:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    anonymous = _hash("address", network_of(request.remote))
    refused = _hash("refused", network_of(request.remote))
    if scheme.lower() == "bearer":
        return Client(key=_hash("token", bearer.strip()), limit=limit, refused=refused, has_token=True)
    return Client(key=anonymous, limit=max(1, limit // ANONYMOUS_SHARE), refused=refused, has_token=False)


def _hash(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind} {text}".encode()).digest()


def _window_end() -> datetime:
    return current_window() + timedelta(seconds=WINDOW_SECONDS)
