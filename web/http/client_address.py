"""The address of whoever asks, behind proxies too, and the network that counts as one: a host’s, a visitor’s."""

from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web
from multidict import MultiMapping

from models.setting_values import Network
from models.settings import Settings
from web.http.app_keys import INSTANCE

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


class Asking(Protocol):
    """A request, as far as it tells who sent it."""

    @property
    def headers(self) -> MultiMapping[str]:
        """All of them."""

    @property
    def remote(self) -> str | None:
        """Who is at the other end of the connection."""


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
    return find_network(request, request.remote or "", request.app[INSTANCE].settings.proxy_networks)


def find_network(request: Asking, address: str, trusted: tuple[Network, ...]) -> str | None:
    """The same for whoever asks from this address."""
    return _find_network(address, trusted, "X-Forwarded-For" in request.headers)


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


def has_proxies(settings: Settings) -> bool:
    """Whether somebody in front of us may say who asks: those that are named, and whoever reaches a socket of ours."""
    return bool(settings.trusted_proxies) or settings.listen.startswith("unix:")


def read_client_address(request: Asking, trusted: tuple[Network, ...]) -> str | None:
    """Who asks: the nearest address that is not one of our proxies. What stands before it could be anybody's word."""
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    find = _find_client if len(forwarded) <= _LONGEST_KEPT else _find_client.__wrapped__
    return find(request.remote, forwarded, trusted)


_LONGEST_KEPT = 100
"""Characters: longer lists of proxies are read anew each time, so that nobody fills the memory with them."""


@lru_cache(maxsize=4096)
def _find_client(address: str | None, forwarded: str, trusted: tuple[Network, ...]) -> str | None:
    """Kept, since servers send many requests from the same few addresses."""
    if address and not is_trusted(address, trusted):
        return address
    for given in reversed(forwarded.split(",")):
        given = read_address(given)
        if not given:
            break
        address = given
        if not is_trusted(given, trusted):
            break
    return address


@lru_cache(maxsize=256)
def is_unbelieved(address: str, trusted: tuple[Network, ...]) -> bool:
    """Whether this is in the same house and none of our proxies, as far as the settings know."""
    try:
        return not is_trusted(address, trusted) and is_trusted(address, INDOORS)
    except ValueError:
        return False


def read_address(text: str) -> str:
    """One entry of X-Forwarded-For without port and brackets, or nothing where it is no address."""
    text = text.strip()
    if text.count(":") == 1 or text.startswith("["):
        text = urlsplit(f"//{text}").hostname or ""
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


def is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    """Whether this is one of our own proxies."""
    ip = ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip in network for network in trusted)
