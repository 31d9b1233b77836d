"""What counts as one network: nobody gets more by taking another address of those that are hers anyway."""

from functools import lru_cache
from ipaddress import ip_address, ip_network

from aiohttp import web

from models.settings import Network
from web.keys import INSTANCE
from web.middlewares import is_trusted

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


def visitor_network(address: str | None) -> str:
    """What counts as one visitor's: an IPv4 address, or the /64 that an IPv6 visitor holds whole."""
    try:
        ip = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    return str(mapped) if mapped.version == 4 else mapped.exploded[:19]


def peer_network(request: web.Request) -> str | None:
    """What counts as one server's: the /24 of an IPv4 address, the /64 of an IPv6 one.

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
