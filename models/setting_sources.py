"""Where settings are written: the environment and one file; what is misspelt there, and where what is wrong stands."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.lazy import LazyModule
from models.setting_values import PREFIX, SettingsError, env_name

if TYPE_CHECKING:
    import difflib
    import tomllib
else:
    difflib, tomllib = LazyModule("difflib"), LazyModule("tomllib")

ELSEWHERE = frozenset({"DECLIC_CONFIG", "DECLIC_TEST_DATABASE_URL"})
"""Names of our family that are not settings: where the file is, and what only the tests read."""

INSTALLED = Path("/etc/declic")
"""Where deploy/README.md puts the settings of each instance, as systemd reads them: NAME.env."""

NEAR = 0.8
"""A family name that is so much like ours is ours, misspelt: a letter too many, too few, or another."""

NUMBERED = re.compile(rf"{PREFIX.rstrip('_')}\d+")
"""Another instance than this one."""


def read_environment(environ: Mapping[str, str], fields: Sequence[str], source: Path | None) -> dict[str, Any]:
    """What the environment says of these settings, which was filled from `source`. Raises SettingsError."""
    given: dict[str, Any] = {}
    for key, text in environ.items():
        if not key.startswith(PREFIX):
            if text.strip():
                _require_stranger(key, environ, fields, source)
        elif key not in ELSEWHERE:
            name, value = _read_one(key, text, fields, source)
            if name in given and value.strip():
                raise SettingsError(f"{env_name(name)} and {env_name(name)}_FILE are both set; keep one.")
            if value.strip():  # an empty variable is an absent one: compose files pass them through
                given[name] = _shape(name, value.strip())
    return given


def _read_one(key: str, text: str, fields: Sequence[str], source: Path | None) -> tuple[str, str]:
    """Which setting it is, and its value."""
    name = key.removeprefix(PREFIX).lower()
    if name not in fields and name.endswith("_file") and not name.endswith("_file_file"):
        name, text = name.removesuffix("_file"), _read_secret(key, text, source) if text.strip() else ""
    if name not in fields:
        raise SettingsError(f"{key} is not a setting.{suggest(name, fields, prefix=PREFIX)} {_tell_place(key, source)}")
    return name, text


def _require_stranger(key: str, environ: Mapping[str, str], fields: Sequence[str], source: Path | None) -> None:
    """Raise SettingsError for a setting whose family name is misspelt: it would count for nothing, and nobody know.

    Where the right one is there too, this one is somebody else's.
    """
    family, _, rest = key.upper().partition("_")
    if rest.lower().removesuffix("_file") not in fields or f"{PREFIX}{rest}" in environ or NUMBERED.fullmatch(family):
        return
    if difflib.SequenceMatcher(None, f"{family}_", PREFIX).ratio() > NEAR:
        raise SettingsError(f"{key} is not a setting. Did you mean {PREFIX}{rest}? {_tell_place(key, source)}")


def find_file(environ: Mapping[str, str], data: str | Path) -> Path | None:
    """The configuration file that is named, or the one of the data folder where it is there."""
    named = environ.get("DECLIC_CONFIG")
    path = Path(named) if named else Path(data) / "declic.toml"
    return path if named or path.is_file() else None


def read_file(path: Path, fields: Sequence[str]) -> dict[str, Any]:
    """What the file says of these settings. Raises SettingsError."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"The configuration file {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The configuration file {path} is not valid TOML: {error}.") from None
    for name, value in written.items():
        if name not in fields:
            hint = suggest(name.lower().removeprefix(PREFIX.lower()), fields)
            hint = " Settings stand in no section, each on a line of its own." if isinstance(value, dict) else hint
            raise SettingsError(f"The configuration file {path} has an unknown setting: {name}.{hint}")
    return written


def _read_secret(key: str, path: str, source: Path | None) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise SettingsError(
            f"{key} names {path}, which cannot be read ({reason}). {_tell_place(key, source)}"
        ) from None


def _shape(name: str, text: str) -> Any:
    if name in {"trusted_proxies", "backup_to"}:
        return text.replace(",", " ").split()
    if name in {"secure_mode", "test_federation"}:
        return {"on": True, "yes": True, "off": False, "no": False}.get(text.lower(), text.lower())
    return text.lower() if name == "log_level" else text


def suggest(name: str, known: Sequence[str], *, prefix: str = "") -> str:
    """A sentence with what was meant, where that is near."""
    close = difflib.get_close_matches(name.lower(), known, n=1)
    if not close:
        return ""
    return f" Did you mean {env_name(close[0]) if prefix else close[0]}?"


def tell_origin(problem: str, environ: Mapping[str, str], file: Path | None, source: Path | None) -> str:
    """Where the setting stands that this sentence begins with, the environment or `file`, as a sentence behind it."""
    found = re.match(r"\w+", problem)
    name = found[0] if found else ""
    if name in environ:
        return f" {_tell_place(name, source)}"
    if f"{name}_FILE" in environ:
        return f" It stands in {environ[f'{name}_FILE']}, which {name}_FILE names."
    return f" It stands in {file}." if file is not None and name.startswith(PREFIX) else ""


def _tell_place(key: str, source: Path | None) -> str:
    """Files of the service that say this, as far as this account may look; else only where it was read.

    Of several instances this may be any of those whose file has it.
    """
    line = re.compile(rf"^\s*{re.escape(key)}\s*=", re.MULTILINE)
    try:
        paths = sorted(INSTALLED.glob("*.env")) if source is None else [source]
        found = [str(path) for path in paths if line.search(path.read_text(encoding="utf-8"))]
    except (OSError, UnicodeDecodeError):
        found = []
    return f"It stands in {' or '.join(found) or 'the environment'}."
