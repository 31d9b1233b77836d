"""Where pictures, films and sounds are kept: files under random names in a folder; no other code knows of it."""

import asyncio
import contextlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.disk_space import measure
from models.errors import DeclicError

KEY = re.compile(r"[0-9a-f]{32}\.(?:jpg|mp4|mov|m4a|webm|mp3|wav|flac)")
"""What a key looks like: 128 random bits and the type. It never comes from a file's name (B-46)."""

SETTLED = 3600.0
"""Seconds that a file without a row is left alone: its row may be about to be committed."""


class StoreFull(DeclicError):
    """The picture could not be kept: the disk of this server is full or cannot be written."""

    status = 507
    retry = True


@dataclass(frozen=True, slots=True)
class FolderStore:
    """A folder of pictures, in sub-folders by the first two characters of their keys."""

    folder: Path

    async def save(self, data: bytes, suffix: str = "jpg") -> str:
        """Keep `data` under a new key. The file is whole or absent, also after a crash. Raises StoreFull."""
        key = f"{secrets.token_hex(16)}.{suffix}"
        await asyncio.to_thread(self._write, self._path(key), data)
        return key

    def find(self, key: str) -> Path | None:
        """The file with this key; None when it is not a key, or there is no such file."""
        if not KEY.fullmatch(key):
            return None
        path = self._path(key)
        return path if path.is_file() else None

    async def delete(self, keys: list[str]) -> None:
        """Remove these files, as far as they are there."""
        await asyncio.to_thread(self._delete, keys)

    async def list_settled(self, group: str, settled: float = SETTLED) -> list[str]:
        """Keys in one of the `list_groups`, without those of the last `settled` seconds."""
        return await asyncio.to_thread(lambda: sorted(self._list(group, time.time() - settled)))

    @staticmethod
    def list_groups() -> list[str]:
        """The parts in which the store can be gone through."""
        return [f"{number:02x}" for number in range(256)]

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def _write(self, path: Path, data: bytes) -> None:
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            if not measure(self.folder).holds(len(data)):
                raise StoreFull  # what is left is for the database
            path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            _sync(path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise StoreFull from error

    def _delete(self, keys: list[str]) -> None:
        for key in keys:
            if KEY.fullmatch(key):
                self._path(key).unlink(missing_ok=True)

    def _list(self, group: str, before: float) -> Iterator[str]:
        with contextlib.suppress(FileNotFoundError), os.scandir(self.folder / group) as entries:
            for entry in entries:
                if entry.stat().st_mtime >= before:
                    continue
                if KEY.fullmatch(entry.name):
                    yield entry.name
                elif entry.name.startswith("."):  # a draft of a process that died
                    Path(entry.path).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Make the folder's new name last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
