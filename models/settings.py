"""How this server runs: `Settings` from the environment over one TOML file, and the `Site` that it is."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from models.errors import DeclicError
from models.setting_addresses import require_database, require_mail_server
from models.setting_sources import ELSEWHERE as ELSEWHERE
from models.setting_sources import INSTALLED as INSTALLED
from models.setting_sources import find_file, read_environment, read_file, suggest, tell_origin
from models.setting_values import PREFIX as PREFIX
from models.setting_values import (
    Network,
    env_name,
    is_for_tests,
    read_listen,
    read_metrics,
    read_networks,
    read_origin,
    require_address,
)
from models.setting_values import SettingsError as SettingsError

LANGUAGES = ("fr", "en")

LEVELS = ("debug", "info", "warning", "error")

POOL_SIZE = 4
SMALLEST_POOL = 2
"""Connections to the database that one process opens at most: unless told otherwise, and the fewest that do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Who this server is to others: its origin, and its host (A-label, with the port if not the default).

    `media_url` is the origin that serves pictures, where it is another one; `source_url` is where this version's source
    is published, where that is not here.
    """

    url: str
    host: str
    languages: tuple[str, ...] = LANGUAGES
    media_url: str | None = None
    source_url: str | None = None

    @property
    def source(self) -> str:
        """Where anybody finds the source of the version that runs here (AGPL §13)."""
        return self.source_url or f"{self.url}/sources"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting with its default; deploy/README.md tells what each one does."""

    url: str = "http://localhost:8000"
    listen: str = "127.0.0.1:8000"
    data: Path = Path("data")
    database_url: str | None = None
    database_pool: int = POOL_SIZE
    processes: int = 0
    ca_file: Path | None = None
    rate_limit: int = 1500
    key_file: Path | None = None
    smtp_url: str | None = None
    media_url: str | None = None
    media_cache: int = 2048
    backup_to: tuple[str, ...] = ()
    backup_passphrase: str | None = None
    source_url: str | None = None
    releases: str | None = None
    secure_mode: bool = False
    trusted_proxies: tuple[str, ...] = ()
    test_federation: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    metrics: str | None = None

    def __post_init__(self) -> None:
        """Refuse what could not work, so that the first start tells it and not the first use."""
        msgspec.structs.force_setattr(self, "url", read_origin("url", self.url))
        msgspec.structs.force_setattr(self, "data", self.data.expanduser().absolute())
        if self.media_url is not None:
            msgspec.structs.force_setattr(self, "media_url", read_origin("media_url", self.media_url))
        self._check_files()
        read_listen(self.listen)
        read_networks(self.trusted_proxies)
        if self.metrics is not None:
            read_metrics(self.metrics, self.listen)
        self._check_values()
        if self.database_url is not None:
            require_database(self.database_url)
        if self.smtp_url is not None:
            require_mail_server(self.smtp_url)
        if self.test_federation and not is_for_tests(self.url):
            raise SettingsError(
                f"{env_name('test_federation')} opens the way to private networks, so it only works "
                f"when the host of {env_name('url')} is localhost, a loopback address, or ends in .test "
                "or .localhost."
            )

    def _check_values(self) -> None:
        for page in ("source_url", "releases"):
            if getattr(self, page) is not None:
                require_address(page, getattr(self, page))
        for name, fewest, words in (
            ("rate_limit", 0, "a number of requests, 0 for no limit"),
            ("processes", 0, "a number of processes, 0 for as many as fit this machine"),
            ("media_cache", 1, "a number of megabytes, 1 at least"),
            ("database_pool", SMALLEST_POOL, f"a number of connections, {SMALLEST_POOL} at least"),
        ):
            if getattr(self, name) < fewest:
                raise SettingsError(f"{env_name(name)} is {words}.")

    def _check_files(self) -> None:
        for name in ("ca_file", "key_file"):
            path = getattr(self, name)
            if path is not None and not path.is_file():
                raise SettingsError(f"{env_name(name)} names {path}, which is not a file.")
        if self.ca_file is not None:
            try:
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(self.ca_file)
            except ssl.SSLError:
                problem = f"{env_name('ca_file')} names {self.ca_file}, which holds no certificate."
                raise SettingsError(problem) from None

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, *, source: Path | None = None) -> "Settings":
        """The settings of this process, whose environment was filled from `source` where it is given.

        Raises SettingsError, whose message says what to change, and where.
        """
        environ = os.environ if environ is None else environ
        fields = cls.__struct_fields__
        given = read_environment(environ, fields, source)
        path = find_file(environ, given.get("data", Settings().data))
        written = {} if path is None else read_file(path, fields)
        try:
            return _convert(written | given)
        except SettingsError as error:
            raise SettingsError(f"{error}{tell_origin(str(error), environ, path, source)}") from None

    def to_env(self) -> dict[str, str]:
        """The environment of a child process that is to read these settings, whatever ours says."""
        kept = {key: text for key, text in os.environ.items() if not key.startswith(PREFIX)}
        defaults = Settings()
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value != getattr(defaults, name):
                text = " ".join(value) if isinstance(value, tuple) else str(value)
                kept[env_name(name)] = {"True": "on", "False": "off"}.get(text, text)
        return kept

    @property
    def site(self) -> Site:
        """The site that these settings describe."""
        return Site(
            url=self.url,
            host=urlsplit(self.url).netloc,
            media_url=self.media_url,
            source_url=self.source_url,
        )

    @property
    def proxy_networks(self) -> tuple[Network, ...]:
        """The networks whose `X-Forwarded-*` headers are believed."""
        return read_networks(self.trusted_proxies)

    @property
    def address(self) -> tuple[str, int] | Path:
        """Where to listen: host and port, or the path of a unix socket."""
        return read_listen(self.listen)

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Where figures are read, if they are to be."""
        return None if self.metrics is None else read_metrics(self.metrics, self.listen)


def environment_of_child(added: Mapping[str, str]) -> dict[str, str]:
    """Our environment for a program that is not ours: without settings, some of which are secret, and in English."""
    kept = {key: text for key, text in os.environ.items() if not key.startswith(PREFIX)}
    return {**kept, "LC_ALL": "C.UTF-8", **added}


def _convert(given: Mapping[str, Any]) -> Settings:
    try:
        return msgspec.convert(given, Settings, strict=False, dec_hook=lambda wanted, value: wanted(value))
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, DeclicError):  # raised by __post_init__
            raise error.__cause__ from None
        problem, _, place = str(error).partition(" - at `$.")
        name = place.partition("[")[0].rstrip("`")
        words = _explain(problem, str(given.get(name, "")))
        raise SettingsError(f"{env_name(name)} is not valid: {words}") from None


def _explain(problem: str, typed: str) -> str:
    """What msgspec found, in words for somebody who has never seen Python."""
    if "enum" in problem:
        return f"it is {', '.join(LEVELS[:-1])} or {LEVELS[-1]}.{suggest(typed, LEVELS)}"
    wanted = problem.removeprefix("Expected `").partition("`")[0]
    words = {"bool": "on or off", "int": "a whole number", "array": "a list", "str": "a text, in quotes"}
    return f"it is {words[wanted]}." if wanted in words else f"{problem}."
