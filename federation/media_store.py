"""Where pictures, films and sounds are kept: files under random names in a folder; no other code knows of it."""

import asyncio
import contextlib
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from models.errors import Refusal
from models.store.disk_space import measure

PRIVATE_PICTURE, PRIVATE_PDF = "private-jpg", "private-pdf"
"""The types of files that one member alone reads: no address of `/media` is of theirs."""

KEY = re.compile(r"[0-9a-f]{32}\.(?:jpg|mp4|mov|m4a|webm|weba|mp3|ogg|wav|flac|private-jpg|private-pdf)")
"""What a key looks like: 128 random bits and the type. It never comes from a file's name (B-46)."""

COPIES = ("square", "medium", "large")

COPY = re.compile(rf"([0-9a-f]{{32}})\.(?:{'|'.join(COPIES)})\.webp")
"""A copy of a picture for pages: made from it, under its key, and gone with it. No row names it."""

SETTLED = 3600.0
"""Seconds that a file without a row is left alone: its row may be about to be committed."""


class StoreFull(Refusal):
    """The picture could not be kept: the disk of this server is full or cannot be written."""

    status = 507
    code = "storage_full"
    retry = True


@dataclass(frozen=True, slots=True)
class FolderStore:
    """A folder of pictures, in sub-folders by the first two characters of their keys."""

    folder: Path

    async def save(self, data: bytes, suffix: str = "jpg") -> str:
        """Keep `data` under a new key. The file is whole or absent, also after a crash. Raises StoreFull."""
        key = f"{secrets.token_hex(16)}.{suffix}"
        await asyncio.to_thread(self._write, key, data)
        return key

    @asynccontextmanager
    async def open_spool(self) -> AsyncIterator["Spool"]:
        """A place for files that are on their way; those that were not kept are gone at its end."""
        spool = Spool(self)
        try:
            yield spool
        finally:
            await asyncio.to_thread(spool.clear)

    def find(self, key: str) -> Path | None:
        """The file with this key; None when it is not a key, or there is no such file."""
        if not KEY.fullmatch(key):
            return None
        path = self._path(key)
        return path if path.is_file() else None

    async def save_copy(self, key: str, name: str, data: bytes) -> None:
        """Keep a copy of the picture with this key, which is made anew where it is lost. Raises StoreFull."""
        await asyncio.to_thread(self._write, _copy_key(key, name), data)

    def find_copy(self, key: str, name: str) -> Path | None:
        """The copy of a picture by this name; None where there is none."""
        copy = _copy_key(key, name)
        if not KEY.fullmatch(key) or not COPY.fullmatch(copy):
            return None
        path = self._path(copy)
        return path if path.is_file() else None

    async def delete(self, keys: list[str]) -> None:
        """Remove these files and their copies, as far as they are there."""
        await asyncio.to_thread(self._delete, keys)

    async def list_settled(self, group: str, settled: float = SETTLED) -> list[str]:
        """Keys in one of the `list_groups`, without those of the last `settled` seconds; also of copies alone."""
        return await asyncio.to_thread(lambda: sorted(set(self._list(group, time.time() - settled))))

    @staticmethod
    def list_groups() -> list[str]:
        """The parts in which the store can be gone through."""
        return [f"{number:02x}" for number in range(256)]

    def draft(self, key: str) -> Path:
        """Where a file lies until it is whole; `list_settled` removes it when its process died meanwhile.

        Each writer has one of her own: two readers may make the same copy at once.
        """
        path = self._path(key)
        return path.with_name(f".{path.name}.{secrets.token_hex(8)}")

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def _write(self, key: str, data: bytes) -> None:
        draft = self.draft(key)
        try:
            if not measure(self.folder).holds(len(data)):
                raise StoreFull  # what is left is for the database
            draft.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            self.publish(draft, key)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise StoreFull from error

    def publish(self, draft: Path, key: str) -> None:
        """Give a file that is whole and on the disk its name, for good."""
        draft.replace(self._path(key))
        _sync(self._path(key).parent)

    def _delete(self, keys: list[str]) -> None:
        for key in keys:
            if KEY.fullmatch(key):
                for name in (key, *(_copy_key(key, name) for name in COPIES)):
                    self._path(name).unlink(missing_ok=True)

    def _list(self, group: str, before: float) -> Iterator[str]:
        with contextlib.suppress(FileNotFoundError), os.scandir(self.folder / group) as entries:
            for entry in entries:
                if entry.stat().st_mtime >= before:
                    continue
                if KEY.fullmatch(entry.name):
                    yield entry.name
                elif copy := COPY.fullmatch(entry.name):
                    yield f"{copy[1]}.jpg"
                elif entry.name.startswith("."):  # a draft of a process that died
                    Path(entry.path).unlink(missing_ok=True)


@dataclass(slots=True)
class Spool:
    """Files that are too large for the memory, while they come in and are worked on."""

    store: FolderStore
    _drafts: dict[Path, str] = field(default_factory=dict)

    def new(self, suffix: str = "jpg") -> Path:
        """A path for one more, which is not there yet. Raises StoreFull."""
        key = f"{secrets.token_hex(16)}.{suffix}"
        draft = self.store.draft(key)
        self.require_room()
        try:
            draft.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreFull from error
        self._drafts[draft] = key.partition(".")[0]
        return draft

    def require_room(self) -> None:
        """Raise StoreFull when what was written last left too little: the rest is for the database."""
        try:
            room = measure(self.store.folder).holds(0)
        except OSError as error:
            raise StoreFull from error
        if not room:
            raise StoreFull

    async def keep(self, draft: Path, suffix: str) -> str:
        """Keep this one, whole, under the key that is returned. Raises StoreFull."""
        key = f"{self._drafts[draft]}.{suffix}"
        try:
            await asyncio.to_thread(self._keep, draft, key)
        except OSError as error:
            raise StoreFull from error
        del self._drafts[draft]
        return key

    def clear(self) -> None:
        """Remove those that were not kept."""
        for draft in self._drafts:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
        self._drafts.clear()

    def _keep(self, draft: Path, key: str) -> None:
        self.require_room()
        _sync(draft)
        self.store.publish(draft, key)


def _copy_key(key: str, name: str) -> str:
    return f"{key.partition('.')[0]}.{name}.webp"


def _sync(path: Path) -> None:
    """Make a file's content, or a folder's new name, last through a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
