"""Values of settings as somebody writes them: addresses, networks; each is read, or refused with what it looks like."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from models.errors import DeclicError

PREFIX = "DECLIC_"

Network = IPv4Network | IPv6Network


class SettingsError(DeclicError):
    """A setting is wrong."""


def env_name(name: str) -> str:
    """The variable of this setting."""
    return PREFIX + name.upper()


@lru_cache(maxsize=16)
def read_networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """The networks whose proxies are believed."""
    try:
        return tuple(ip_network(text, strict=False) for text in texts)
    except ValueError as error:
        raise SettingsError(f"{env_name('trusted_proxies')} is a list of networks: {error}.") from None


def read_origin(name: str, url: str) -> str:
    """`url` as an origin: scheme and host in lower case, the default port left out, no trailing slash."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or parts.path.strip("/") or parts.query or parts.username:
        raise SettingsError(f"{env_name(name)} is an address such as https://lomme.example, without a path.")
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in {None, default} else f":{port}")


def require_address(name: str, url: str) -> None:
    """Raise SettingsError for what is no page on the web."""
    try:
        parts = urlsplit(url)
        found = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        found = False
    if not found or any(one.isspace() for one in url):
        raise SettingsError(f"{env_name(name)} is an address such as https://codeberg.org/declic/declic.")


def read_listen(listen: str) -> tuple[str, int] | Path:
    """Where to listen: host and port, of all addresses where there is no host, or the path of a unix socket."""
    if listen.startswith("unix:") and listen.removeprefix("unix:"):
        return Path(listen.removeprefix("unix:"))
    host, colon, port = listen.rpartition(":")
    if not colon or not _is_port(port):
        raise SettingsError(f"{env_name('listen')} is HOST:PORT, such as 127.0.0.1:8000, or unix:PATH.")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 - ":8000" asks for all addresses


def read_metrics(metrics: str, listen: str) -> tuple[str, int]:
    """Where figures are read: host and port, of this machine alone where there is no host; never the port of pages."""
    host, _, port = metrics.rpartition(":")
    if not _is_port(port):
        raise SettingsError(f"{env_name('metrics')} is HOST:PORT, such as 127.0.0.1:9464.")
    address = host.strip("[]") or "127.0.0.1", int(port)
    pages = read_listen(listen)
    if not isinstance(pages, Path) and address[1] == pages[1] != 0:
        raise SettingsError(f"{env_name('metrics')} has a port of its own, and {pages[1]} is where pages are served.")
    return address


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text) <= 65535


def is_for_tests(url: str) -> bool:
    """Whether this is an address that nobody has on the internet."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith((".test", ".localhost")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
