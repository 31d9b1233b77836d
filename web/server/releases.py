"""A release: its version, the Python that it needs, its migrations; the one that is installed, or one in a wheel."""

import re
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from models.errors import DeclicError
from models.store.migrate import Migration, list_migrations

_METADATA = re.compile(r"declic-[^/]+\.dist-info/METADATA")

_MIGRATION = re.compile(r"models/store/migrations/[0-9]{4}_[^/]+\.sql")

_PYTHON = re.compile(r"^Requires-Python: *>= *([0-9]+)\.([0-9]+)", re.MULTILINE)

_VERSION = re.compile(r"^Version: *(\S+)", re.MULTILINE)


class NotARelease(DeclicError):
    """This file is no wheel of Déclic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version, the oldest Python that runs it, and its migrations in their order."""

    version: str
    python: tuple[int, int]
    migrations: Sequence[Migration]

    @property
    def runs_here(self) -> bool:
        """Whether the Python that this runs on is new enough."""
        return sys.version_info[:2] >= self.python


def read_installed() -> Release:
    """What runs here."""
    return Release(version=version("declic"), python=(3, 11), migrations=list_migrations())


def read_wheel(path: Path) -> Release:
    """What a wheel holds, of which nothing is run. Raises NotARelease."""
    try:
        with zipfile.ZipFile(path) as wheel:
            names = wheel.namelist()
            metadata = next((wheel.read(name).decode() for name in names if _METADATA.fullmatch(name)), "")
            migrations = [
                Migration(name=PurePosixPath(name).stem, sql=wheel.read(name).decode())
                for name in sorted(names)
                if _MIGRATION.fullmatch(name)
            ]
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError):
        raise NotARelease(f"{path} is no wheel that can be read.") from None
    found, python = _VERSION.search(metadata), _PYTHON.search(metadata)
    if found is None or not migrations:
        raise NotARelease(f"{path} is no wheel of Déclic.")
    oldest = (int(python[1]), int(python[2])) if python is not None else (3, 0)
    return Release(version=found[1], python=oldest, migrations=migrations)
