"""A restoration that was begun here and has not ended: it stands in the data folder, so that a killed one is known."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import DeclicError

NAME = "restoring"
"""In the data folder: which backup, and a second line once the database was found to be what that says."""

COMPARED = "compared"

LOCK = "restoring.lock"
"""In the data folder, while a restoration runs."""


class RestoreUnfinished(DeclicError):
    """A backup is being restored here, or that was interrupted."""


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Nobody else restores into this folder meanwhile; nothing else stays of it. Raises RestoreUnfinished, OSError."""
    made, path = not data.exists(), data / LOCK
    data.mkdir(mode=0o711, parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _make_refusal(data) from None
        if not _is_same(path, lock.fileno()):
            raise _make_refusal(data)  # another one ended at this moment, and took it away
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            if made and not any(data.iterdir()):
                data.rmdir()


def _is_same(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def _make_refusal(data: Path) -> RestoreUnfinished:
    return RestoreUnfinished(
        f"Another `declic restore` fills {data} at this moment: wait until it has ended. This one changed nothing."
    )


def find(data: Path) -> str | None:
    """The backup whose restoration was begun and has not ended."""
    return next(iter(_read(data)), None)


def is_compared(data: Path) -> bool:
    """Whether the database was held against the manifest already."""
    return COMPARED in _read(data)[1:]


def require_none(data: Path) -> None:
    """Raise RestoreUnfinished: what is here may lack its pictures, and others have not been told what was lost."""
    if (backup := find(data)) is not None:
        raise RestoreUnfinished(
            f"The backup of {backup} is being restored into {data}, or that was interrupted: nothing is served before "
            "all of it is there. Where no `declic restore` runs any more, restore the same backup again: it goes on "
            f"where it stopped. {data / NAME} says so. Where that ends in the same way each time, put all of {data} "
            "away, with an empty database where it is an external one, and restore again, or another backup."
        )


def begin(data: Path, backup: str) -> None:
    """It is begun, or goes on."""
    if find(data) is None:
        _write(data, backup)


def note_compared(data: Path, backup: str) -> None:
    """The database is what the backup says; from now on things in it change."""
    _write(data, f"{backup}\n{COMPARED}")


def forget(data: Path) -> None:
    """It has ended, or left nothing."""
    (data / NAME).unlink(missing_ok=True)
    _sync(data)


def _read(data: Path) -> list[str]:
    try:
        return (data / NAME).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError:
        raise RestoreUnfinished(
            f"{data / NAME} cannot be read by this account, and says whether a backup is being restored here: run this "
            "as root, or as the account that the folder belongs to."
        ) from None


def _write(data: Path, text: str) -> None:
    """Whole or not at all, and on the disk before what follows is."""
    new = data / f"{NAME}.new"
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(data / NAME)
    _sync(data)


def _sync(folder: Path) -> None:
    """What was renamed or removed in it is so on the disk, too."""
    if not folder.is_dir():
        return
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
