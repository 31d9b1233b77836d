"""A backup made while the server runs: one moment of the database, and the pictures that it names."""

import asyncio
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from federation.media_store import FolderStore
from models.errors import DeclicError
from models.settings import Settings
from models.store import backups
from models.store.backups import MediaKeys
from web.server.backups.manifest import (
    CHUNK,
    DUMP,
    MEDIA,
    UNFINISHED,
    Entry,
    Manifest,
    Unusable,
    describe_account,
    read_manifest,
    sum_up,
    write_manifest,
)
from web.server.backups.rotation import STAMP, Rotation, choose_old, read_stamp


class NotMade(DeclicError):
    """The backup could not be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousBackup:
    """The last backup in the same folder, and its pictures by their path."""

    folder: Path
    media: dict[str, Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupResult:
    """A backup that is complete; `linked` of its pictures are those of an earlier one, `removed` went by rotation."""

    folder: Path
    manifest: Manifest
    linked: int
    removed: int = 0


async def make_backup(
    settings: Settings, url: str, folder: Path, *, cache: bool = False, full: bool = False, keep: Rotation | None = None
) -> BackupResult:
    """Write a new backup of the database at `url` and of its pictures into `folder`.

    With `cache` also copies of other servers' pictures, with `full` nothing shared with earlier backups; `keep` says
    which of them stay. Raises NotMade, DatabaseError or Unavailable, and then leaves nothing of it.
    """
    prefix = name_prefix(settings)
    with only_writer(folder):
        _remove_unfinished(folder, prefix)
        earlier = None if full else _find_earlier(folder, prefix)
        done = _find_name(folder, prefix)
        growing = done.with_name(done.name + UNFINISHED)
        growing.mkdir(mode=0o700)
        try:
            made = await _fill(settings, url, growing, cache=cache, earlier=earlier)
            await asyncio.to_thread(os.sync)  # one wait for the disk, not one for each picture
            growing.rename(done)
            await asyncio.to_thread(os.sync)
        except OSError as error:
            raise NotMade(_describe_disk(folder, error)) from None
        finally:
            await asyncio.to_thread(shutil.rmtree, growing, ignore_errors=True)
        try:
            removed = 0 if keep is None else await asyncio.to_thread(_rotate, done, prefix, keep)
        except OSError as error:
            raise NotMade(f"{done} is made, but older ones could not be removed: {error.strerror or error}.") from None
    return BackupResult(folder=done, manifest=made.manifest, linked=made.linked, removed=removed)


async def _fill(
    settings: Settings, url: str, growing: Path, *, cache: bool, earlier: PreviousBackup | None
) -> BackupResult:
    async with backups.look_at(url) as conn:
        keys = await backups.list_media_keys(conn)
        wanted = sorted(keys.own + (keys.cached if cache else []))
        store = FolderStore(settings.data / MEDIA)
        entries, linked, gone = await asyncio.to_thread(_take_media, store, wanted, growing, earlier)
        contents = await backups.measure(conn)
        program = await backups.dump(conn, url, growing / DUMP)
    dump = await asyncio.to_thread(sum_up, growing / DUMP)
    (growing / DUMP).chmod(0o600)
    manifest = Manifest(
        software=version("declic"),
        url=settings.site.url,
        made_at=datetime.now(UTC),
        postgresql=contents.postgresql,
        pg_dump=program,
        migrations=contents.migrations,
        database_size=contents.size,
        tables=contents.tables,
        with_cache=cache,
        dump=Entry(path=DUMP, size=dump.size, sha256=dump.sha256),
        media=entries,
        missing=await _list_missing(url, keys, gone),
    )
    write_manifest(growing, manifest)
    return BackupResult(folder=growing, manifest=manifest, linked=linked)


async def _list_missing(url: str, keys: MediaKeys, gone: list[str]) -> list[str]:
    """Of the pictures that were not there those that are still named: others were deleted by somebody meanwhile.

    Copies of other servers' pictures come and go; they are fetched again.
    """
    if not gone:
        return []
    async with backups.look_at(url) as conn:
        now = await backups.list_media_keys(conn)
    return sorted(set(gone) & set(keys.own) & set(now.own))


def _take_media(
    store: FolderStore, keys: list[str], growing: Path, earlier: PreviousBackup | None
) -> tuple[list[Entry], int, list[str]]:
    """What was taken, how many of it as links, and the keys whose files are not there."""
    entries, linked, gone = [], 0, []
    _require_room(store, keys, growing, earlier)
    (growing / MEDIA).mkdir(mode=0o700)
    for key in keys:
        source = store.find(key)
        if source is None:
            gone.append(key)
            continue
        path = f"{MEDIA}/{key[:2]}/{key}"
        target = growing / path
        target.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            entry = _link(source, target, path, earlier)
            linked += entry is not None
            entries.append(entry or _copy(source, target, path))
        except FileNotFoundError:  # deleted since we looked
            gone.append(key)
    return entries, linked, gone


def _link(source: Path, target: Path, path: str, earlier: PreviousBackup | None) -> Entry | None:
    """The same picture of the earlier backup, where it has it and the file system can link it."""
    entry = None if earlier is None else earlier.media.get(path)
    if earlier is None or entry is None:
        return None
    try:
        now, then = source.stat(), (earlier.folder / path).stat()
        if (now.st_size, now.st_mtime_ns) != (entry.size, then.st_mtime_ns) or then.st_size != entry.size:
            return None
        os.link(earlier.folder / path, target)
    except OSError:
        return None
    return entry


def _copy(source: Path, target: Path, path: str) -> Entry:
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reading, open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := reading.read(CHUNK):
            digest.update(chunk)
            size += file.write(chunk)
        found = os.fstat(reading.fileno())
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
    return Entry(path=path, size=size, sha256=digest.hexdigest())


def _require_room(store: FolderStore, keys: list[str], growing: Path, earlier: PreviousBackup | None) -> None:
    """Raise NotMade when the pictures that are to be copied cannot fit, before any is."""
    known = {} if earlier is None else earlier.media
    sizes = [
        source.stat().st_size
        for key in keys
        if f"{MEDIA}/{key[:2]}/{key}" not in known and (source := store.find(key)) is not None
    ]
    needed, free = sum(sizes), shutil.disk_usage(growing).free
    if needed > free:
        raise NotMade(
            f"There is no room in {growing.parent}: the pictures alone need {format_megabytes(needed)}, and "
            f"{format_megabytes(free)} are free."
        )


def name_prefix(settings: Settings) -> str:
    """How the names of all backups of this instance begin."""
    return f"declic-{settings.site.host.replace(':', '-')}-"


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Make the folder if need be, and be the only one who writes a backup there. Raises NotMade."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise NotMade(_describe_disk(folder, error)) from None
    try:
        if not os.access(folder, os.W_OK | os.X_OK):
            raise NotMade(_describe_disk(folder, PermissionError(errno.EACCES, "Permission denied")))
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise NotMade(f"Another backup is being written into {folder} at this moment.") from None
    finally:
        os.close(lock)


def _describe_disk(folder: Path, error: OSError) -> str:
    if isinstance(error, PermissionError):
        name = describe_account()
        return f"{name} may not write into {folder}; run as root: install -d -m 700 -o {name} {folder}"
    return f"The backup could not be written into {folder}: {error.strerror or error}."


def _find_name(folder: Path, prefix: str) -> Path:
    """A name by this second, or the next ones where it is taken."""
    now = int(datetime.now(UTC).timestamp())
    while True:
        path = folder / f"{prefix}{datetime.fromtimestamp(now, UTC):{STAMP}}"
        if not path.exists():
            return path
        now += 1


def _remove_unfinished(folder: Path, prefix: str) -> None:
    for leftover in folder.glob(f"{prefix}*{UNFINISHED}"):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def list_complete(folder: Path, prefix: str) -> list[Path]:
    """The backups of this host in there that were finished, the oldest first."""
    return sorted(path for path in folder.glob(f"{prefix}*") if read_stamp(path.name, prefix) and path.is_dir())


def _find_earlier(folder: Path, prefix: str) -> PreviousBackup | None:
    for path in reversed(list_complete(folder, prefix)):
        try:
            return PreviousBackup(folder=path, media={entry.path: entry for entry in read_manifest(path).media})
        except (Unusable, OSError):
            continue
    return None


def _rotate(done: Path, prefix: str, keep: Rotation) -> int:
    """Remove those that need not stay."""
    made = {path: at for path in list_complete(done.parent, prefix) if (at := read_stamp(path.name, prefix))}
    old = choose_old(made, made[done], keep)
    for path in old:
        path = path.rename(path.with_name(path.name + UNFINISHED))  # half a backup never looks like a whole one
        shutil.rmtree(path)
    return len(old)


def format_megabytes(size: int) -> str:
    """12.3 MB."""
    return f"{size / 1_000_000:,.1f} MB"
