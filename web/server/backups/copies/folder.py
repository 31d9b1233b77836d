"""A folder as a target: another disk, or one that another machine lends."""

import asyncio
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from web.server.backups.copies.targets import NotCopied
from web.server.backups.manifest import UNFINISHED

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Folder:
    """It has to be there: one that was made where a disk is not mounted would fill the wrong one."""

    folder: Path

    async def list_names(self) -> list[str]:
        """As `Target` says."""
        return await self._do(lambda: [path.name for path in self.folder.iterdir() if path.is_file()])

    async def send(self, file: Path, name: str) -> None:
        """As `Target` says."""
        growing = self.folder / f"{name}{UNFINISHED}"

        def copy() -> None:
            _copy(file, growing)
            growing.rename(self.folder / name)
            _sync(self.folder)

        await self._do(copy)

    async def fetch(self, name: str, file: Path) -> None:
        """As `Target` says."""
        await self._do(lambda: _copy(self.folder / name, file))

    async def remove(self, name: str) -> None:
        """As `Target` says."""
        await self._do((self.folder / name).unlink)

    async def _do(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.to_thread(work)
        except FileNotFoundError as error:
            raise NotCopied(f"{error.filename} is not there: is the disk mounted, the folder made?") from None
        except OSError as error:
            raise NotCopied(f"{self.folder}: {error.strerror or error}.") from None


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as reading, open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as to:
        shutil.copyfileobj(reading, to)
        to.flush()
        os.fsync(to.fileno())


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
