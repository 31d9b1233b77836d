"""A backup proven: its files held against the manifest, then the whole restored beside the instance and compared."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from models.errors import DeclicError
from models.settings import Settings
from models.store import backups
from models.store.backups import Contents
from models.store.postgres import DatabaseError, embedded, scratch, stop_unused
from web.server.backups.checking import find_damage, require_dump
from web.server.backups.making import format_megabytes
from web.server.backups.manifest import DUMP, Manifest, read_manifest, require_known_schema
from web.server.backups.restoring import ROOM, list_differences


class NotVerifiable(DeclicError):
    """The backup could not be verified here, whatever it is worth."""


BESIDE = "a database beside the one of the instance"

APART = "a database of its own"


class VerificationFailed(DeclicError):
    """What was restored is not what the manifest says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationResult:
    """What was compared, where, and how many seconds each part took."""

    manifest: Manifest
    contents: Contents
    place: str
    reading: float
    restoring: float

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.contents.tables.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Scratch:
    """An empty database, and where it is in words."""

    url: str
    place: str


async def verify_backup(settings: Settings, folder: Path) -> VerificationResult:
    """Raise Unusable or Untrue unless this backup can be restored as it was. The instance is not touched."""
    begun = time.monotonic()
    manifest = read_manifest(folder)
    require_known_schema(folder, manifest)
    await asyncio.to_thread(require_dump, folder, manifest)
    (await asyncio.to_thread(find_damage, folder, manifest)).require_none(folder)
    read = time.monotonic()
    async with _scratch_database(settings, manifest) as scratched:
        binaries = await backups.choose_clients(scratched.url, folder / DUMP)
        await backups.restore(scratched.url, folder / DUMP, binaries)
        async with backups.look_at(scratched.url) as conn:
            contents = await backups.measure(conn)
    differences = list_differences(manifest, contents)
    if differences:
        raise VerificationFailed(
            f"{folder} does not give back what it was made of: {', '.join(differences[:5])} differ."
        )
    return VerificationResult(
        manifest=manifest,
        contents=contents,
        place=scratched.place,
        reading=read - begun,
        restoring=time.monotonic() - read,
    )


@asynccontextmanager
async def _scratch_database(settings: Settings, manifest: Manifest) -> AsyncIterator[Scratch]:
    """An empty database: on the server of DECLIC_DATABASE_URL if it lets us, else one of our own."""
    if settings.database_url is not None and await scratch.may_create(settings.database_url):
        async with scratch.scratch_database(settings.database_url) as beside:
            if beside is not None:
                yield Scratch(url=beside, place=BESIDE)
                return
    base = settings.data if settings.data.is_dir() else None
    for leftover in () if base is None else base.glob("verify-*"):
        await _remove_unused(leftover)
    folder = _make_folder(base)
    free = shutil.disk_usage(folder).free
    try:
        if manifest.database_size + ROOM > free:
            raise NotVerifiable(
                f"There is no room in {folder.parent} to restore this backup for a moment: its database has "
                f"{format_megabytes(manifest.database_size)}, and {format_megabytes(free)} are free."
            )
        async with embedded(folder / "data") as url:
            yield Scratch(url=url, place=APART)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _make_folder(base: Path | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="verify-", dir=base))
    folder.chmod(0o711)  # as root, PostgreSQL may have to run as another account
    return folder


async def _remove_unused(folder: Path) -> None:
    """What a verification that was killed left behind; one that still works is left alone."""
    try:
        await stop_unused(folder / "data", seconds=1)
    except DatabaseError:
        return
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
