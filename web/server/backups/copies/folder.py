"""A folder as a target: another disk, or one that another machine lends."""

import asyncio
import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from web.server.backups.copies.targets import NotCopied
from web.server.backups.manifest import UNFINISHED

Result = TypeVar("Result")

THREAD = "backup-folder"


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
            return await _run_apart(work)
        except FileNotFoundError as error:
            raise NotCopied(f"{error.filename} is not there: is the disk mounted, the folder made?") from None
        except OSError as error:
            raise NotCopied(f"{self.folder}: {error.strerror or error}.") from None


async def _run_apart(work: Callable[[], Result]) -> Result:
    """Do it in a thread that nobody waits for at the end: a disk of another machine that hangs answers no more, and
    whoever gave up on it may go.
    """
    loop, done = asyncio.get_running_loop(), asyncio.Future[Result]()

    def end(found: Result | None, error: BaseException | None) -> None:
        if done.done():
            return  # given up
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(cast(Result, found))

    def run() -> None:
        found, error = None, None
        try:
            found = work()
        except BaseException as raised:
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            loop.call_soon_threadsafe(end, found, error)

    threading.Thread(target=run, name=THREAD, daemon=True).start()
    return await done


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
