"""How often other servers may ask (HT4): by their network until they prove who they are, then by their own name.

A flood from one network or in one name touches nobody else, since whoever proves an identity is taken off the count of
the network. The address of a proxy is never counted: it stands for everybody (see `read_network`).
"""

import hashlib
import math
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network

from aiohttp import web
from aiohttp.typedefs import Handler

from federation.budget import FetchBudget
from models.settings import Network
from web.accept import asks_for_document
from web.keys import INSTANCE
from web.middlewares import is_trusted
from web.quota import QUOTA, WINDOW_SECONDS, current_window
from web.session import SAFE_METHODS

READS = 300
"""Documents that one network, or one server that signs, may read in five minutes."""

UNPROVEN_POSTS = 600
"""Posts to inboxes a minute that one network may make without proving who sends them. What is proven is counted by
`inbox/policy`, per server."""

INDOORS = tuple(
    ip_network(written)
    for written in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "::1/128",
        "fc00::/7",
    )
)
"""Where a proxy stands that is on the same machine, or in the same house."""

FOR_SERVERS = ("/users/", "/territories")
"""Under which addresses documents stand whose readers are counted."""

UNPROVEN = web.AppKey("unproven", FetchBudget)

PROVEN = web.RequestKey("proven", bool)
"""Whether it was shown who sends this."""


def make_budget() -> FetchBudget:
    """The counter of this process, of at most 4,096 networks (B-38); see `peer_counts` for the others."""
    return FetchBudget(UNPROVEN_POSTS)


@web.middleware
async def peer_quota_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse networks that send or read too much without saying who they are."""
    if not request.app[QUOTA].limit:
        return await handler(request)
    if request.method == "POST" and request.path.endswith("/inbox"):
        return await _take_post(request, handler)
    if request.method in SAFE_METHODS and (request.path.startswith(FOR_SERVERS) or asks_for_document(request)):
        _count_read(request)
    return await handler(request)


async def _take_post(request: web.Request, handler: Handler) -> web.StreamResponse:
    network, budget = read_network(request), request.app[UNPROVEN]
    if network is None:
        return await handler(request)
    if not budget.spend(network):
        raise web.HTTPTooManyRequests(headers={"Retry-After": "60"})
    response = await handler(request)
    if request.get(PROVEN, False):
        budget.give_back(network)
    return response


def _count_read(request: web.Request) -> None:
    network = read_network(request)
    if network is not None and request.app[QUOTA].count(_hash("reads of network", network)) > READS:
        raise web.HTTPTooManyRequests(headers={"Retry-After": _wait()})


def note_signer(request: web.Request, host: str) -> None:
    """A request to read turned out to be signed by this server: it counts as theirs, no longer as their network's.

    Raises HTTPTooManyRequests.
    """
    quota, key, network = request.app[QUOTA], _hash("reads of server", host), read_network(request)
    if not quota.limit:
        return
    if network is None:
        quota.count(key)
    else:
        quota.move(_hash("reads of network", network), key)
    if quota.used(key) > READS:
        raise web.HTTPTooManyRequests(headers={"Retry-After": _wait()})


def read_network(request: web.Request) -> str | None:
    """The network that a request comes from: the /24 of an IPv4 address, the /64 of an IPv6 one.

    None when it is not known: the address is that of a proxy of ours that tells nobody's, or of one that
    `DECLIC_TRUSTED_PROXIES` forgets: private, and yet it forwards for somebody.
    """
    trusted = request.app[INSTANCE].settings.proxy_networks
    return _find_network(request.remote or "", trusted, "X-Forwarded-For" in request.headers)


@lru_cache(maxsize=4096)
def _find_network(remote: str, trusted: tuple[Network, ...], forwards: bool) -> str | None:
    try:
        ip = ip_address(remote.partition("%")[0])
    except ValueError:
        return None
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if is_trusted(str(ip), trusted):
        return None
    if not trusted and forwards and is_trusted(str(ip), INDOORS):
        return None
    return str(ip_network((ip, 24 if ip.version == 4 else 64), strict=False))


def _hash(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind} {text}".encode()).digest()


def _wait() -> str:
    end = current_window() + timedelta(seconds=WINDOW_SECONDS)
    return str(max(1, math.ceil((end - datetime.now(UTC)).total_seconds())))
