"""Where finished archives lie: files under random names in a folder that only this server reads."""

import asyncio
import os
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from models.settings import Settings

KEY = re.compile(r"[0-9a-f]{32}\.zip")

SETTLED = 3600.0
"""Seconds that a file is left alone: its row may be about to be committed, or it is still being written."""


@dataclass(frozen=True, slots=True)
class ArchiveStorage:
    """A folder of archives."""

    folder: Path

    async def pack(self, fill: Callable[[BinaryIO], Awaitable[None]]) -> tuple[str, int]:
        """What `fill` writes, under a new key; the key and the size. The file is whole or absent."""
        key = f"{secrets.token_hex(16)}.zip"
        draft = self.folder / f".{key}"
        try:
            with await asyncio.to_thread(self._begin, draft) as file:
                await fill(file)
                size = await asyncio.to_thread(_settle, file)
            draft.replace(self.folder / key)
        finally:
            draft.unlink(missing_ok=True)
        return key, size

    def find(self, key: str) -> Path | None:
        """The file with this key."""
        path = self.folder / key
        return path if KEY.fullmatch(key) and path.is_file() else None

    def remove(self, key: str) -> None:
        """Throw it away."""
        if KEY.fullmatch(key):
            (self.folder / key).unlink(missing_ok=True)

    async def list_settled(self, settled: float = SETTLED) -> list[str]:
        """Names of the files that nobody touched for a while, drafts of processes that died among them."""
        return await asyncio.to_thread(self._list, time.time() - settled)

    async def clear(self, names: list[str]) -> None:
        """Remove these files."""
        for name in names:
            await asyncio.to_thread((self.folder / name).unlink, missing_ok=True)

    def _begin(self, draft: Path) -> BinaryIO:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b")

    def _list(self, before: float) -> list[str]:
        if not self.folder.is_dir():
            return []
        with os.scandir(self.folder) as entries:
            return [
                entry.name
                for entry in entries
                if KEY.fullmatch(entry.name.removeprefix(".")) and entry.stat().st_mtime < before
            ]


def _settle(file: BinaryIO) -> int:
    file.flush()
    os.fsync(file.fileno())
    return file.seek(0, os.SEEK_END)


def find_storage(settings: Settings) -> ArchiveStorage:
    """Where archives lie on this server."""
    return ArchiveStorage(settings.data / "archives")
