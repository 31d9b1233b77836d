"""Addresses of the database and of the mail server, looked at before the first use; no message quotes a password."""

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from models.lazy import LazyModule
from models.setting_values import SettingsError, env_name

if TYPE_CHECKING:
    import difflib
else:
    difflib = LazyModule("difflib")

MAIL_OPTIONS = ("from", "dkim")

SIGNS = "a sign of the name or password ends it too early: write / as %2F, ? as %3F, # as %23, @ as %40, : as %3A"

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]*)(:(\d{1,5})?)?", re.IGNORECASE)


def require_database(url: str) -> None:
    """Raise SettingsError for what PostgreSQL's libraries would not understand, or understand otherwise."""
    name = env_name("database_url")
    if not url.startswith(("postgresql://", "postgres://")):
        raise SettingsError(f"{name} looks like postgresql://user:password@host/database.")
    where = _find_hosts(name, url)
    for host in where.split(","):
        _require_host(name, host)


def require_mail_server(url: str) -> None:
    """Raise SettingsError for an address that no mail could leave by."""
    name = env_name("smtp_url")
    if not url.startswith(("smtp://", "smtps://")):
        raise SettingsError(f"{name} looks like smtps://user:password@host:465?from=…")
    where = _find_hosts(name, url)
    _require_host(name, where)
    if not where:
        raise SettingsError(f"{name} names no host: it looks like smtps://user:password@host:465?from=…")
    query = url.partition("?")[2]
    for option, _ in parse_qsl(query, keep_blank_values=True):
        if option not in MAIL_OPTIONS:
            close = difflib.get_close_matches(option, MAIL_OPTIONS, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise SettingsError(f"{name} has an unknown option behind the question mark: {option}.{hint}")


def _find_hosts(name: str, url: str) -> str:
    """What stands behind the account, up to the path."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise SettingsError(f"{name} is no address: {SIGNS}.") from None
    if "@" in f"{parts.path}{parts.fragment}":
        raise SettingsError(f"{name} is no address: {SIGNS}.")
    return parts.netloc.rpartition("@")[2]  # an address of mail as a name has an @ of its own


def _require_host(name: str, host: str) -> None:
    found = _HOST.fullmatch(host)
    if found is None or int(found[3] or 0) > 65535:
        raise SettingsError(f"{name} has a port that is no number below 65536, or {SIGNS}.")
