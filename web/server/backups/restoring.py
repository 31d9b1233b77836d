"""An instance made again of a backup: what speaks against it is found first, then an empty one is filled."""

import asyncio
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from models.errors import DeclicError
from models.settings import Settings
from models.store import backups, unfinished_restores
from models.store.backups import Contents
from models.store.going_back import PutOff
from models.store.postgres import list_clusters, open_database
from web.server.backups.checking import Damage, find_damage, require_dump
from web.server.backups.making import format_megabytes
from web.server.backups.manifest import (
    DUMP,
    MEDIA,
    Manifest,
    Unusable,
    is_inside,
    is_picture,
    read_manifest,
    require_known_schema,
)

FILLING = "media.restoring"

ROOM = 64_000_000
"""Bytes that a new database folder takes before anything is in it."""


class NotRestored(DeclicError):
    """The backup was not restored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A backup that may be restored: all of it, without the pictures of `damage`, or (no manifest) as it is found."""

    folder: Path
    manifest: Manifest | None
    damage: Damage

    @property
    def made_at(self) -> datetime:
        """Of when it is: what happened since then is not in it. Without a manifest, when the dump was written."""
        if self.manifest is not None:
            return self.manifest.made_at.astimezone(UTC)
        return datetime.fromtimestamp((self.folder / DUMP).stat().st_mtime, UTC)

    @property
    def name(self) -> str:
        """By which it is known again, wherever it lies and whether it was a copy."""
        return f"{self.made_at:%Y-%m-%d %H:%M:%S.%f} UTC"

    @property
    def media(self) -> list[Path]:
        """The paths of the pictures that are to be restored."""
        if self.manifest is None:
            found = (path.relative_to(self.folder) for path in (self.folder / MEDIA).glob("*/*"))
            return [path for path in found if is_picture(f"{path}") and is_inside(self.folder, f"{path}")]
        lost = {*self.damage.missing, *self.damage.changed}
        return [Path(entry.path) for entry in self.manifest.media if entry.path not in lost]


def check_source(settings: Settings, folder: Path, *, without_media: bool, without_manifest: bool) -> Source:
    """Raise Unusable for everything in the backup that speaks against restoring it here. Nothing is touched."""
    if without_manifest:
        if not is_inside(folder, DUMP):
            raise Unusable(f"{folder} is no backup: there is no {DUMP} in it.")
        return Source(folder=folder, manifest=None, damage=Damage())
    manifest = read_manifest(folder)
    require_known_schema(folder, manifest)
    if manifest.url != settings.site.url:
        raise Unusable(
            f"This backup is of {manifest.url}, and DECLIC_URL says {settings.site.url}: an address is permanent, "
            "since other servers know everybody here by it."
        )
    _require_clock(manifest)
    require_dump(folder, manifest)
    damage = find_damage(folder, manifest)
    if not without_media:
        damage.require_none(folder, ", or say --without-media to restore the rest")
    return Source(folder=folder, manifest=manifest, damage=damage)


def _require_clock(manifest: Manifest) -> None:
    """Ids follow the clock: one that is behind would give those of what was lost to something else."""
    now = datetime.now(UTC)
    if now < manifest.made_at.astimezone(UTC):
        raise Unusable(
            f"The clock of this machine says {now:%Y-%m-%d %H:%M} UTC, before this backup was made "
            f"({manifest.made_at:%Y-%m-%d %H:%M} UTC): set it right first (timedatectl set-ntp true)."
        )


def check_target(settings: Settings, source: Source) -> None:
    """Raise NotRestored when the data folder is not ours, holds pictures, or lacks the room. Nothing is touched."""
    data = settings.data
    there = data if data.exists() else next(parent for parent in data.parents if parent.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        raise NotRestored(f"{there} cannot be written by this account: run this as root, or as the one it belongs to.")
    if _is_begun(settings, source):
        return
    if _has_pictures(settings):
        raise NotRestored(
            f"There is an instance in {data} already; a backup is restored into an empty one only (stop the server and "
            f"put the old one away: mv {data} {data}.old)."
        )
    needed, free = _measure_need(settings, source), shutil.disk_usage(there).free
    if needed > free:
        raise NotRestored(
            f"There is no room in {data}: this backup needs {format_megabytes(needed)}, and {format_megabytes(free)} "
            "are free."
        )


def _is_begun(settings: Settings, source: Source) -> bool:
    """Whether this very backup was being restored here when that was interrupted. Raises NotRestored for another."""
    unfinished = unfinished_restores.find(settings.data)
    if unfinished is not None and unfinished != source.name:
        raise NotRestored(
            f"The backup of {unfinished} was being restored into {settings.data} when that was interrupted: "
            "restore that one again, which goes on where it stopped, or put all of it away first (mv "
            f"{settings.data} {settings.data}.old, and an empty database where it is an external one)."
        )
    return unfinished is not None


def _measure_need(settings: Settings, source: Source) -> int:
    """Bytes that the data folder needs: for the pictures, and for the database where it lies there too."""
    needed = sum((source.folder / path).stat().st_size for path in source.media)
    if settings.database_url is None and source.manifest is not None:
        needed += source.manifest.database_size + ROOM
    return needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """The servers that may know something newer, and what waits some days more."""

    hosts: list[str]
    put_off: PutOff


async def restore_backup(settings: Settings, source: Source) -> Aftermath:
    """Fill the empty instance, the database at once or not at all; then hold it against the manifest.

    What was interrupted goes on: nothing serves meanwhile, and nobody else restores. The first start tells others.

    Raises Conflict, DatabaseError or NotRestored before anything is written, and when it did not go well.
    """
    await backups.require_readable(source.folder / DUMP)
    check_target(settings, source)
    try:
        with unfinished_restores.alone(settings.data):
            check_target(settings, source)  # as it is now that nobody else changes it
            return await _restore_alone(settings, source)
    except OSError as error:
        raise NotRestored(f"{settings.data} could not be written: {error.strerror or error}.") from None


async def _restore_alone(settings: Settings, source: Source) -> Aftermath:
    begun = _is_begun(settings, source)
    try:
        if _lacks_database(settings):
            _begin(settings, source)  # before one is made, which a service would found anew
        async with open_database(settings) as url:
            await _fill(settings, source, url, begun=begun)
            return await _complete(settings, source, url)
    except (DeclicError, OSError):
        if _lacks_database(settings):
            unfinished_restores.forget(settings.data)
        raise
    finally:
        await asyncio.to_thread(shutil.rmtree, settings.data / FILLING, ignore_errors=True)


def _lacks_database(settings: Settings) -> bool:
    return settings.database_url is None and not list_clusters(settings.data)


def _begin(settings: Settings, source: Source) -> None:
    settings.data.mkdir(mode=0o711, parents=True, exist_ok=True)
    unfinished_restores.begin(settings.data, source.name)


async def _fill(settings: Settings, source: Source, url: str, *, begun: bool) -> None:
    """Pictures beside their place, and the database where an interrupted restoration has not filled it."""
    filled = begun and await backups.count_tables(url) > 0
    try:
        binaries = None if filled else await backups.choose_clients(url, source.folder / DUMP)
        _begin(settings, source)
        await asyncio.to_thread(_take_media, settings, source)
        if binaries is not None:
            await backups.restore(url, source.folder / DUMP, binaries)
    except (DeclicError, OSError):
        if not await backups.count_tables(url):  # else a pg_restore whose command was killed came first
            unfinished_restores.forget(settings.data)
        raise


async def _complete(settings: Settings, source: Source, url: str) -> Aftermath:
    """What follows once the database is filled; each step may be done twice, but the comparison, which comes before."""
    if not unfinished_restores.is_compared(settings.data):
        await _compare(settings, url, source)
        unfinished_restores.note_compared(settings.data, source.name)
    if source.manifest is None or not source.manifest.with_cache:
        await backups.forget_cached(url)
    await backups.forget_archives(url)
    put_off = await backups.note_restoration(url, source.made_at)
    hosts = await backups.list_known_hosts(url)
    await asyncio.to_thread(_put_in_place, settings, source)
    unfinished_restores.forget(settings.data)
    return Aftermath(hosts=hosts, put_off=put_off)


def list_differences(manifest: Manifest, found: Contents) -> list[str]:
    """What a restored database has otherwise than its backup says, table by table."""
    differences = []
    if manifest.migrations != found.migrations:
        differences.append("the schema")
    for name in sorted(manifest.tables.keys() | found.tables.keys()):
        then, now = manifest.tables.get(name), found.tables.get(name)
        if then is None or now is None:
            differences.append(f"the table {name}")
        elif then.rows != now.rows:
            differences.append(f"{name} ({then.rows} rows then, {now.rows} now)")
        elif then.checksum != now.checksum:
            differences.append(f"what stands in {name}")
    return differences


async def _compare(settings: Settings, url: str, source: Source) -> None:
    if source.manifest is None:
        return
    async with backups.look_at(url) as conn:
        found = await backups.measure(conn)
    differences = list_differences(source.manifest, found)
    if differences:
        raise NotRestored(
            f"The restored database is not what the backup says: {', '.join(differences[:5])} differ. While "
            f"{settings.data / unfinished_restores.NAME} is there nothing is served. Put all of {settings.data} away, "
            "with an empty database where it is an external one, and restore again, or another backup."
        )


def _take_media(settings: Settings, source: Source) -> None:
    if _has_pictures(settings):
        return  # an interrupted restoration put them there
    filling = settings.data / FILLING
    shutil.rmtree(filling, ignore_errors=True)
    filling.mkdir(mode=0o700)
    for path in source.media:
        target = filling / path.relative_to(MEDIA)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.copy2(source.folder / path, target)
        target.chmod(0o600)
    os.sync()


def _put_in_place(settings: Settings, source: Source) -> None:
    """All of them, or none: what is not there now is missing for ever, once nothing says that it was interrupted."""
    if _has_pictures(settings):
        return
    found = sum(1 for _ in (settings.data / FILLING).glob("*/*"))
    if found != len(source.media):
        raise NotRestored(
            f"Of {len(source.media)} pictures {found} are in {settings.data / FILLING}: something takes them away. "
            "Restore the same backup again, with nothing else at work in there."
        )
    media = settings.data / MEDIA
    if media.is_dir():
        media.rmdir()
    (settings.data / FILLING).rename(media)
    os.sync()


def _has_pictures(settings: Settings) -> bool:
    media = settings.data / MEDIA
    return media.is_dir() and any(media.iterdir())
