"""The instance that is installed on this machine: a command of somebody at its terminal means that one."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.errors import DeclicError
from models.settings import ELSEWHERE, INSTALLED, PREFIX, Settings

UNITS = (Path("/etc/systemd/system"), Path("/usr/local/lib/systemd/system"), Path("/usr/lib/systemd/system"))

TESTS_ONLY = ELSEWHERE - {f"{PREFIX}CONFIG"}


class SettingsNotFound(DeclicError):
    """It is not clear which instance is meant, or its settings cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """Settings that were read from `file`, and the account that the unit of the same name runs as, if there is one."""

    file: Path
    user: str | None

    @property
    def name(self) -> str:
        """Of its settings and of its unit."""
        return self.file.stem


def use_installed(named: Path | None = None) -> Installed | None:
    """Read the settings of the installed instance, or those of `named`, into our environment; None leaves it as it is.

    Where the environment has settings, they are meant. Raises SettingsNotFound when there is no sure answer.
    """
    if named is None and any(key.startswith(PREFIX) and key not in TESTS_ONLY for key in os.environ):
        return None
    file = named or _find_file()
    if file is None:
        return None
    found = _read(file)
    _require_family_name(file, found)
    if not _names_folder(found):
        raise SettingsNotFound(
            f"{file} has no DECLIC_DATA with the whole path of a folder, so that where this instance keeps its data "
            "depends on how it is started: write it there, and restart the server."
        )
    os.environ.update(found)
    return Installed(file=file, user=_find_user(file.stem))


def _require_family_name(file: Path, found: dict[str, str]) -> None:
    """Raise SettingsNotFound for a setting without its first word: the service would not hear of it.

    Where the right one is there too, this one is for somebody else.
    """
    for name in found:
        if name.lower() in Settings.__struct_fields__ and f"{PREFIX}{name.upper()}" not in found:
            raise SettingsNotFound(f"{file} has {name}, which is called {PREFIX}{name.upper()}.")


def _names_folder(found: dict[str, str]) -> bool:
    return f"{PREFIX}CONFIG" in found or Path(found.get(f"{PREFIX}DATA", "")).is_absolute()


def _find_file() -> Path | None:
    try:
        files = sorted(path for path in INSTALLED.iterdir() if path.suffix == ".env")
    except FileNotFoundError:
        files = []
    except PermissionError:
        raise SettingsNotFound(
            f"Déclic is installed on this machine, and {INSTALLED} is closed to this account: run this as root (sudo), "
            "or set DECLIC_DATA to work with another instance."
        ) from None
    if len(files) > 1:
        raise SettingsNotFound(
            f"Several instances are installed ({', '.join(path.stem for path in files)}): say which one, such as "
            f"`declic --settings {files[0]} …`."
        )
    if not files and _find_unit("declic") is not None:
        raise SettingsNotFound(
            f"{_find_unit('declic')} is installed, but its settings are not in {INSTALLED}: name them with "
            "`declic --settings FILE …`."
        )
    return files[0] if files else None


def _read(file: Path) -> dict[str, str]:
    try:
        return dict(read_lines(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise SettingsNotFound(f"The settings in {file} cannot be read ({reason}): run this as root.") from None


def read_lines(text: str) -> Iterator[tuple[str, str]]:
    """The assignments of an environment file, as systemd understands it: comments, quotes, a backslash at the end."""
    for line in re.sub(r"\\\n", "", text).splitlines():
        name, equals, value = line.strip().partition("=")
        if not equals or line.lstrip().startswith(("#", ";")):
            continue
        value = value.strip()
        quoted = re.fullmatch(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'', value)
        if quoted:
            value = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted[1] is not None else quoted[2]
        yield name.strip(), value


def _find_unit(name: str) -> Path | None:
    return next((path for folder in UNITS if (path := folder / f"{name}.service").is_file()), None)


def _find_user(name: str) -> str | None:
    unit = _find_unit(name)
    if unit is None:
        return None
    found = re.search(r"^User=(\S+)", unit.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    return found[1] if found else None
