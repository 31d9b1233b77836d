"""A restoration that was begun here and has not ended: it stands in the data folder, so that a killed one is known."""

import os
from pathlib import Path

from models.errors import DeclicError

NAME = "restoring"
"""In the data folder: which backup, and a second line once the database was found to be what that says."""

COMPARED = "compared"


class RestoreUnfinished(DeclicError):
    """A backup is being restored here, or that was interrupted."""


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
            "where it stopped."
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


def _read(data: Path) -> list[str]:
    try:
        return (data / NAME).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []


def _write(data: Path, text: str) -> None:
    """Whole or not at all, and on the disk before what follows is."""
    new = data / f"{NAME}.new"
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(data / NAME)
