"""The zip while it is written: texts as they come, and in the end each photo that was spoken of, once."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from federation.media_store import FolderStore
from models.posts.media.media import Media

PHOTOS = "photos"


@dataclass(slots=True)
class ZipEntry:
    """One file of the zip, written bit by bit: what stands in memory is never more than a page of it."""

    file: BinaryIO

    async def write(self, text: str | bytes) -> None:
        """Add this."""
        await asyncio.to_thread(self.file.write, text.encode() if isinstance(text, str) else text)


class ArchivedFile(NamedTuple):
    """A photo, film or sound with its place in the zip, and that of the picture that stands for it."""

    place: str
    media: Media
    poster: str | None


@dataclass(slots=True)
class ZipWriter:
    """A zip on its way into a file. `photos` are the paths of those that will be in it, by their keys."""

    zip: ZipFile
    store: FolderStore
    photos: dict[str, Path] = field(default_factory=dict)

    @asynccontextmanager
    async def open(self, name: str) -> AsyncIterator[ZipEntry]:
        """A new file of the zip, closed before the next begins."""
        opened = self.zip.open(name, "w", force_zip64=True)
        try:
            yield ZipEntry(opened)  # type: ignore[arg-type]  # zipfile's own kind of file, as far as one writes
        finally:
            await asyncio.to_thread(opened.close)

    async def add(self, name: str, text: str | bytes) -> None:
        """A whole file."""
        async with self.open(name) as sheet:
            await sheet.write(text)

    def take(self, media: Media | None) -> str | None:
        """Where in the zip this photo, film or sound will be; None for one that this server does not have."""
        if media is None or (media.remote_url is not None and media.type != "image"):
            return None
        return self.take_file(media.file_key)

    def take_poster(self, media: Media) -> str | None:
        """Where the picture will be that stands for a film or a sound of ours; None where there is none."""
        if media.remote_url is not None or media.type == "image":
            return None
        return self.take_file(media.thumbnail_key)

    def take_file(self, key: str | None) -> str | None:
        """Where in the zip the file with this key will be; None for one that this server does not have."""
        if key is None:
            return None
        if key not in self.photos:
            path = self.store.find(key)
            if path is None:
                return None
            self.photos[key] = path
        return _place_of(key)

    def take_all(self, media: Iterable[Media]) -> list[ArchivedFile]:
        """Those that this server has, each with its place in the zip."""
        return [ArchivedFile(place, one, self.take_poster(one)) for one in media if (place := self.take(one))]

    def weigh_photos(self) -> int:
        """Bytes of those that are spoken of."""
        return sum(path.stat().st_size for path in self.photos.values() if path.exists())

    async def add_photos(self) -> int:
        """The files as they are kept, without packing them a second time; how many."""
        added = 0
        for key, path in self.photos.items():
            try:
                await asyncio.to_thread(self.zip.write, path, _place_of(key), ZIP_STORED)
                added += 1
            except FileNotFoundError:
                continue  # withdrawn while the archive was made
        return added


def _place_of(key: str) -> str:
    """Whatever it is in the store, in the zip a file ends as programs know it."""
    return f"{PHOTOS}/{key.replace('.private-', '.')}"


@contextmanager
def open_zip(file: BinaryIO, store: FolderStore) -> Iterator[ZipWriter]:
    """A zip that is written into this file, and ended whatever happens."""
    with ZipFile(file, "w", ZIP_DEFLATED) as zip:
        yield ZipWriter(zip, store)
