"""A backup that goes to each target as one file, in place of copies that need not stay; and one brought back."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from models.backup_places import BackupPlace, read_places
from models.errors import DeclicError
from models.lazy import LazyModule
from models.settings import Settings
from web.server.backups.archives import CLOSED, OPEN, pack
from web.server.backups.copies.targets import NotCopied, Target
from web.server.backups.making import format_megabytes, name_prefix, only_writer
from web.server.backups.manifest import UNFINISHED
from web.server.backups.rotation import Rotation, choose_old, read_stamp

if TYPE_CHECKING:
    from web.server.backups.copies import folder, object_store, sftp
else:
    _ROOM = "web.server.backups.copies"
    folder, object_store, sftp = (LazyModule(f"{_ROOM}.{name}") for name in ("folder", "object_store", "sftp"))

SENDING_SECONDS = 6 * 3600
"""For one copy to arrive, or to come back: with two silent places, the backup of the next night is still made."""

REMOVING_SECONDS = 15 * 60
"""For older ones to go."""


LEFTOVER_SECONDS = 86_400
"""After which nobody sends such a file any more."""

SENT = ".sending-"
"""How the name of a file begins that is on its way; it lies beside the backup that it is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyResult:
    """What came of a copy: `failure` is why it is not there. `removed` older ones went by rotation, or stayed for
    the reason that `unremoved` is.
    """

    place: BackupPlace
    name: str
    size: int
    removed: int = 0
    unremoved: DeclicError | None = None
    failure: DeclicError | None = None


async def send_copies(settings: Settings, made: Path, keep: Rotation | None) -> list[CopyResult]:
    """Send the backup `made`, which stays as it is, to all targets; one that fails keeps no other from its."""
    name = f"{made.name}{OPEN if settings.backup_passphrase is None else CLOSED}"
    packed = made.with_name(f"{SENT}{name}")
    places = read_places(settings)
    if not places:
        return []
    try:
        with only_writer(made.parent):  # while it is sent, for hours perhaps, another backup may be made
            size = await asyncio.to_thread(_pack, made, packed, settings.backup_passphrase)
        return [await _send(settings, CopyResult(place=one, name=name, size=size), packed, keep) for one in places]
    except DeclicError as error:
        return [CopyResult(place=one, name=name, size=0, failure=error) for one in places]
    finally:
        await asyncio.to_thread(packed.unlink, missing_ok=True)


def _pack(made: Path, packed: Path, passphrase: str | None) -> int:
    """Write the one file that is sent, beside the backup; its size."""
    try:
        for leftover in made.parent.glob(f"{SENT}*"):  # of a process that was ended while it sent
            if leftover == packed or time.time() - leftover.stat().st_mtime > LEFTOVER_SECONDS:
                leftover.unlink()
        needed = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
        free = shutil.disk_usage(made.parent).free
        if needed > free:
            raise NotCopied(
                f"There is no room in {made.parent} for the file that is sent: it has {format_megabytes(needed)}, and "
                f"{format_megabytes(free)} are free."
            )
        pack(made, packed, passphrase)
        return packed.stat().st_size
    except OSError as error:
        raise NotCopied(f"{packed} could not be written: {error.strerror or error}.") from None


async def _send(settings: Settings, copy: CopyResult, packed: Path, keep: Rotation | None) -> CopyResult:
    target = _open_target(copy.place)
    try:
        async with _within(SENDING_SECONDS, copy.place):
            await _remove_unfinished(settings, target)
            await target.send(packed, copy.name)
    except NotCopied as error:
        return replace(copy, failure=error)
    if keep is None:
        return copy
    try:
        async with _within(REMOVING_SECONDS, copy.place):
            return replace(copy, removed=await _rotate(settings, target, copy.name, keep))
    except NotCopied as error:
        return replace(copy, unremoved=error)


@asynccontextmanager
async def _within(seconds: float, place: BackupPlace) -> AsyncIterator[None]:
    """Raise NotCopied where a place takes longer: one that is silent must not hold up the others, nor later backups."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise NotCopied(f"{place}: given up after {seconds / 60:,.0f} minutes.") from None


def _open_target(place: BackupPlace) -> Target:
    """What speaks to it."""
    if place.kind == "folder":
        return folder.Folder(Path(place.path))
    return sftp.Sftp(place) if place.kind == "sftp" else object_store.ObjectStore(place)


async def _remove_unfinished(settings: Settings, target: Target) -> None:
    """What was being sent when the line broke. One that cannot be removed takes nothing from the next copy."""
    for name in await target.list_names():
        if name.startswith(name_prefix(settings)) and name.endswith(UNFINISHED):
            with suppress(NotCopied):
                await target.remove(name)


async def _rotate(settings: Settings, target: Target, name: str, keep: Rotation) -> int:
    found = _list_copies(settings, await target.list_names())
    old = choose_old(found, found[name], keep) if name in found else []
    for one in old:
        await target.remove(one)
    return len(old)


def _list_copies(settings: Settings, names: Iterable[str]) -> dict[str, datetime]:
    """Those of this host that are whole, with their moments."""
    found = {}
    for name in names:
        for end in (OPEN, CLOSED):
            at = read_stamp(name.removesuffix(end), name_prefix(settings)) if name.endswith(end) else None
            if at is not None:
                found[name] = at
    return found


async def fetch_copy(settings: Settings, folder: Path, name: str | None, tell: Callable[[str], None]) -> Path:
    """Bring back the copy of that name, or the latest that any of the targets has, as far as they answer.

    What keeps one from being asked is told. Raises NotCopied.
    """
    found, failures = await _look_everywhere(settings, name)
    latest = max((at for _, _, at, _ in found), default=None)
    for place, target, at, one in found:
        if at == latest:
            try:
                async with _within(SENDING_SECONDS, place):
                    fetched = await _fetch(target, one, folder)
            except NotCopied as error:
                failures.append(str(error))
                continue
            for failure in failures:
                tell(f"Warning: {failure}")
            return fetched
    raise NotCopied(" ".join(failures) or "DECLIC_BACKUP_TO names no place from where one could come back.")


async def _look_everywhere(
    settings: Settings, name: str | None
) -> tuple[list[tuple[BackupPlace, Target, datetime, str]], list[str]]:
    """Copies that could come back, each with its place, target and moment; and what is to be said of places without.

    Without a name, those that seem to be of after now do not count: a clock was wrong once.
    """
    found, failures = [], []
    for place in read_places(settings):
        target = _open_target(place)
        try:
            async with _within(REMOVING_SECONDS, place):
                copies = _list_copies(settings, await target.list_names())
        except NotCopied as error:
            failures.append(str(error))
            continue
        now = datetime.now(UTC)
        here = [(place, target, at, one) for one, at in copies.items() if one == name or (name is None and at <= now)]
        found += here
        if not here:
            failures.append(_describe_absence(place, name, copies))
    return found, failures


def _describe_absence(place: BackupPlace, name: str | None, copies: Iterable[str]) -> str:
    if name is not None:
        return f"{place} has no {name}."
    later = max(copies, default=None)
    only = "" if later is None else f" that is not of after now: say which ({later})"
    return f"{place} has no copy of this instance{only}."


async def _fetch(target: Target, name: str, folder: Path) -> Path:
    done, growing = folder / name, folder / f"{name}{UNFINISHED}"
    try:
        await asyncio.to_thread(_prepare, done, growing)
        await target.fetch(name, growing)
        await asyncio.to_thread(growing.rename, done)
    except OSError as error:
        raise NotCopied(f"{done} could not be written: {error.strerror or error}.") from None
    finally:
        await asyncio.to_thread(growing.unlink, missing_ok=True)
    return done


def _prepare(done: Path, growing: Path) -> None:
    """Make the folder and an empty file that nobody else reads. Raises NotCopied where the copy is there already."""
    if done.exists():
        raise NotCopied(f"{done} is there already.")
    done.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    growing.unlink(missing_ok=True)
    growing.touch(mode=0o600)
