"""A backup as one file, closed with a passphrase or not: what goes to another machine, and comes back from there."""

import fcntl
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

from web.server.backups.making import format_megabytes
from web.server.backups.manifest import CHECKSUM, CHUNK, DUMP, MANIFEST, MEDIA, Unusable, is_picture
from web.server.backups.passphrases import ClosingWriter, OpeningReader

OPEN, CLOSED = ".tar", ".tar.age"
"""How such files end: as they are, and closed with a passphrase."""

UNPACKED = "unpacked-"


class ByteSource(Protocol):
    """What gives the next bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many, or as many as it likes; b"" at the end."""


def is_archive(path: Path) -> bool:
    """Whether it is one by its name."""
    return path.name.endswith((OPEN, CLOSED)) and not path.is_dir()


def is_closed(path: Path) -> bool:
    """Whether opening it takes a passphrase."""
    return path.name.endswith(CLOSED)


def pack(backup: Path, file: Path, passphrase: str | None) -> None:
    """Write a backup into a new `file`, closed where there is a passphrase. What it is made of is read once."""
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        if passphrase is None:
            _write(backup, target)
        else:
            writer = ClosingWriter(target, passphrase)
            _write(backup, cast("BinaryIO", writer))
            writer.close()
        target.flush()
        os.fsync(target.fileno())


def _write(backup: Path, target: BinaryIO) -> None:
    pictures = sorted(path for path in (backup / MEDIA).rglob("*") if path.is_file())
    with tarfile.open(fileobj=target, mode="w|", bufsize=CHUNK, format=tarfile.GNU_FORMAT) as archive:
        for path in (backup / MANIFEST, backup / CHECKSUM, backup / DUMP, *pictures):
            archive.add(path, f"{backup.name}/{path.relative_to(backup).as_posix()}", filter=_without_owner)


def _without_owner(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


@contextmanager
def unpacked(archive: Path, passphrase: str | None, base: Path) -> Iterator[Path]:
    """The backup that is in there, in a folder of its own in `base` for as long as it takes.

    Raises WrongPassphrase before anything is written, or Unusable, and then nothing is left of it.
    """
    with archive.open("rb") as file:
        reader: ByteSource = file if passphrase is None else OpeningReader(file, passphrase, str(archive))
        made = not base.exists()
        base.mkdir(mode=0o711, parents=True, exist_ok=True)
        _remove_unused(base)
        folder = Path(tempfile.mkdtemp(prefix=UNPACKED, dir=base))
        held = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield _unpack(archive, reader, folder)
        finally:
            os.close(held)
            shutil.rmtree(folder, ignore_errors=True)
            if made:  # and not where something was put into it meanwhile
                with suppress(OSError):
                    base.rmdir()


def _unpack(archive: Path, reader: ByteSource, folder: Path) -> Path:
    needed, free = archive.stat().st_size, shutil.disk_usage(folder).free
    if needed > free:
        raise Unusable(
            f"There is no room in {folder.parent} to unpack {archive}: it has {format_megabytes(needed)}, and "
            f"{format_megabytes(free)} are free."
        )
    names = set()
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", reader), mode="r|", bufsize=CHUNK) as entries:
            for entry in entries:
                names.add(_take(entries, entry, folder, archive))
        while reader.read(CHUNK):  # to the very end, which says whether it was cut short
            pass
    except (tarfile.TarError, EOFError, FileExistsError):
        raise Unusable(f"{archive} is no backup, or is cut short.") from None
    except OSError as error:
        raise Unusable(f"{archive} could not be unpacked into {folder}: {error.strerror or error}.") from None
    if len(names) != 1:
        raise Unusable(f"{archive} is no backup: it holds {len(names)} folders.")
    return folder / names.pop()


def _take(entries: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path, archive: Path) -> str:
    """Write one file, and the name of the backup that it is of: only what a backup has, and nothing outside of it."""
    name, _, path = entry.name.partition("/")
    known = path in {MANIFEST, CHECKSUM, DUMP} or is_picture(path)
    plain = entry.isreg() and not entry.issparse() and name not in {"", ".", ".."}
    content = entries.extractfile(entry) if plain and known else None
    if content is None:
        raise Unusable(f"{archive} holds what is no file of a backup ({entry.name!r:.200}).")
    target = folder / name / path
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(content, file, CHUNK)
    return name


def _remove_unused(base: Path) -> None:
    """What a command that was killed left behind; what another one holds is left alone."""
    for leftover in base.glob(f"{UNPACKED}*"):
        held = os.open(leftover, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(leftover, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(held)
