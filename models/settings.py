"""How this server runs: `Settings` from the environment over one TOML file, and the `Site` that it is."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import msgspec

from models.errors import DeclicError
from models.lazy import LazyModule
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

if TYPE_CHECKING:
    import difflib
    import tomllib
else:
    difflib, tomllib = LazyModule("difflib"), LazyModule("tomllib")

ELSEWHERE = frozenset({"DECLIC_CONFIG", "DECLIC_TEST_DATABASE_URL"})
"""Names of our family that are not settings: where the file is, and what only the tests read."""

LANGUAGES = ("fr", "en")

POOL_SIZE = 4
SMALLEST_POOL = 2
"""Connections to the database that one process opens at most: unless told otherwise, and the fewest that do."""

INSTALLED = Path("/etc/declic")
"""Where deploy/README.md puts the settings of each instance, as systemd reads them: NAME.env."""


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
        if self.database_url is not None and not self.database_url.startswith(("postgresql://", "postgres://")):
            raise SettingsError(f"{env_name('database_url')} looks like postgresql://user:password@host/database.")
        if self.smtp_url is not None and urlsplit(self.smtp_url).scheme not in {"smtp", "smtps"}:
            raise SettingsError(f"{env_name('smtp_url')} looks like smtps://user:password@host:465?from=…")
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
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """The settings of this process. Raises SettingsError, whose message says what to change."""
        environ = os.environ if environ is None else environ
        given = _read_environment(environ)
        return _convert(_read_file(environ, given) | given)

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
    for name in given:
        if name not in Settings.__struct_fields__:
            raise SettingsError(f"The configuration file has an unknown setting: {name}.{_suggest(name)}")
    try:
        return msgspec.convert(given, Settings, strict=False, dec_hook=lambda wanted, value: wanted(value))
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, DeclicError):  # raised by __post_init__
            raise error.__cause__ from None
        problem, _, place = str(error).partition(" - at `$.")
        raise SettingsError(f"{env_name(place.rstrip('`'))} is not valid: {_explain(problem)}.") from None


def _explain(problem: str) -> str:
    """What msgspec found, in words for somebody who has never seen Python."""
    if "enum" in problem:
        return "it is debug, info, warning or error"
    wanted = problem.removeprefix("Expected `").partition("`")[0]
    return {"bool": "it is on or off", "int": "it is a whole number", "array": "it is a list"}.get(wanted, problem)


def _read_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    fields = Settings.__struct_fields__
    given: dict[str, Any] = {}
    for key, text in environ.items():
        name = key.removeprefix(PREFIX).lower()
        if not key.startswith(PREFIX) or key in ELSEWHERE:
            continue
        from_file = name not in fields and name.endswith("_file") and not name.endswith("_file_file")
        if from_file:
            name, text = name.removesuffix("_file"), _read_secret(key, text)
        if name not in fields:
            raise SettingsError(f"{key} is not a setting.{_suggest(name, prefix=PREFIX)}")
        if name in given:
            raise SettingsError(f"{env_name(name)} and {env_name(name)}_FILE are both set; keep one.")
        if text.strip():  # an empty variable is an absent one: compose files pass them through
            given[name] = _shape(name, text.strip())
    return given


def _read_file(environ: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    named = environ.get("DECLIC_CONFIG")
    path = Path(named) if named else Path(given.get("data", Settings().data)) / "declic.toml"
    if not named and not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"The configuration file {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The configuration file {path} is not valid TOML: {error}.") from None


def _read_secret(key: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{key} names {path}, which cannot be read.") from None


def _shape(name: str, text: str) -> Any:
    if name in {"trusted_proxies", "backup_to"}:
        return text.replace(",", " ").split()
    if name in {"secure_mode", "test_federation"}:
        return {"on": True, "yes": True, "off": False, "no": False}.get(text.lower(), text.lower())
    return text


def _suggest(name: str, *, prefix: str = "") -> str:
    close = difflib.get_close_matches(name.lower(), Settings.__struct_fields__, n=1)
    if not close:
        return ""
    return f" Did you mean {env_name(close[0]) if prefix else close[0]}?"
