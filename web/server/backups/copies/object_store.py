"""A store that speaks S3, of whoever runs it: by obstore, which signs, sends large files in parts and tries again."""

from pathlib import Path

import obstore
from obstore import exceptions

from models.backup_places import BackupPlace
from web.actions.object_stores import open_store
from web.server.backups.copies.targets import NotCopied

PART = 16 * 1024 * 1024
"""Bytes that are sent or fetched at once: S3 takes 10,000 parts, so 160 GB."""

AT_ONCE = 2

RETRY_SECONDS = 120


class ObjectStore:
    """One bucket, and a folder in it."""

    def __init__(self, place: BackupPlace) -> None:
        """Nothing is asked yet."""
        self._place = str(place)
        self._store = open_store(place, timeout="10m", retries=4, retry_seconds=RETRY_SECONDS)

    async def list_names(self) -> list[str]:
        """As `Target` says."""
        try:
            return [one["path"] async for some in obstore.list(self._store) for one in some if "/" not in one["path"]]
        except exceptions.BaseError as error:
            raise self._explain(error) from None

    async def send(self, file: Path, name: str) -> None:
        """As `Target` says: what is sent in parts has its name once all of them are there."""
        try:
            await obstore.put_async(self._store, name, file, chunk_size=PART, max_concurrency=AT_ONCE)
        except exceptions.BaseError as error:
            raise self._explain(error) from None

    async def fetch(self, name: str, file: Path) -> None:
        """As `Target` says, in parts: each has its own time, and is asked for again alone."""
        try:
            size = (await obstore.head_async(self._store, name))["size"]
            with file.open("wb") as target:
                for begin in range(0, size, PART):
                    end = min(begin + PART, size)
                    target.write(await obstore.get_range_async(self._store, name, start=begin, end=end))
        except exceptions.BaseError as error:
            raise self._explain(error) from None

    async def remove(self, name: str) -> None:
        """As `Target` says."""
        try:
            await obstore.delete_async(self._store, name)
        except exceptions.BaseError as error:
            raise self._explain(error) from None

    def _explain(self, error: Exception) -> NotCopied:
        """Its classes tell a refusal only of some requests; what the store answered stands in the words of all."""
        text = " ".join(str(error).partition("Debug source")[0].split())
        if any(refusal in text for refusal in ("403 Forbidden", "401 Unauthorized")):
            return NotCopied(f"{self._place}: the store refuses this key, or what it may do ({text:.200}).")
        if isinstance(error, exceptions.NotFoundError) or "404 Not Found" in text:
            return NotCopied(f"{self._place}: there is no such bucket, or no such file in it ({text:.200}).")
        return NotCopied(f"{self._place}: {text:.300}.")
