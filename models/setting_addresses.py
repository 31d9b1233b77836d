"""Addresses of the database and of the mail server, looked at before the first use; no message quotes a password."""

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, urlsplit

from models.lazy import LazyModule
from models.setting_values import SettingsError, env_name

if TYPE_CHECKING:
    import difflib
else:
    difflib = LazyModule("difflib")

MAIL_OPTIONS = ("from", "dkim")

SIGNS = "a sign of the name or password ends it too early: write / as %2F, ? as %3F, # as %23, @ as %40, : as %3A"

_HOST = re.compile(r"(\[[^\[\]]+\]|[^:\[\]]*)(:(\d{1,5})?)?")


def require_database(url: str) -> None:
    """Raise SettingsError for what PostgreSQL's libraries would not understand, or understand otherwise."""
    name = env_name("database_url")
    if not url.startswith(("postgresql://", "postgres://")):
        raise SettingsError(f"{name} looks like postgresql://user:password@host/database.")
    parts = _split(name, url)
    for host in _find_hosts(parts).split(","):
        _require_host(name, host)
    if any("=" not in one for one in parts.query.split("&") if one):  # which libraries would quote
        raise SettingsError(f"{name} has an option behind the question mark without a value, or {SIGNS}.")


def require_mail_server(url: str) -> None:
    """Raise SettingsError for an address that no mail could leave by.

    Without a host it is this machine. An option that is like none of ours counts for nothing, and mails leave.
    """
    name = env_name("smtp_url")
    parts = _split(name, url)
    if parts.scheme not in {"smtp", "smtps"}:
        raise SettingsError(f"{name} looks like smtps://user:password@host:465?from=…")
    where = _find_hosts(parts)
    _require_host(name, where)
    if not where and parts.path.strip("/"):
        raise SettingsError(f"{name} names no host: it looks like smtps://user:password@host:465?from=…")
    for option, _ in parse_qsl(parts.query, keep_blank_values=True):
        close = option not in MAIL_OPTIONS and difflib.get_close_matches(option.lower(), MAIL_OPTIONS, n=1)
        if close:
            problem = f"{name} has an unknown option behind the question mark: {option}. Did you mean {close[0]}?"
            raise SettingsError(problem)


def _split(name: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise SettingsError(f"{name} is no address: {SIGNS}.") from None
    if "@" in f"{parts.path}{parts.fragment}":
        raise SettingsError(f"{name} is no address: {SIGNS}.")
    return parts


def _find_hosts(parts: SplitResult) -> str:
    """What stands behind the account, up to the path."""
    return parts.netloc.rpartition("@")[2]  # an address of mail as a name has an @ of its own


def _require_host(name: str, host: str) -> None:
    found = _HOST.fullmatch(host)
    if found is None or int(found[3] or 0) > 65535:
        raise SettingsError(f"{name} has a port that is no number below 65536, or {SIGNS}.")
