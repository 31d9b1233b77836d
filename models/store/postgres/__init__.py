"""The database of this server: the one that a URL names, or PostgreSQL started by ourselves in the data folder."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.settings import Settings
from models.store.postgres.binaries import OLDEST_MAJOR, DatabaseError, NoInstance, list_clusters
from models.store.postgres.move import move_database
from models.store.postgres.server import embedded, stop_left_behind, stop_unused

__all__ = [
    "OLDEST_MAJOR",
    "DatabaseError",
    "NoInstance",
    "embedded",
    "list_clusters",
    "move_database",
    "open_database",
    "stop_left_behind",
    "stop_unused",
]


@asynccontextmanager
async def open_database(settings: Settings, *, creating: bool = True) -> AsyncIterator[str]:
    """The URL of a database that can be used while the block lasts; made if need be only where `creating`.

    Raises DatabaseError, which is NoInstance where none was made yet.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    if not creating and not list_clusters(settings.data):
        raise NoInstance(
            f"There is no instance in {settings.data}: `declic serve` or `declic migrate` makes one, and DECLIC_DATA "
            "names the folder of one that exists."
        )
    async with embedded(settings.data) as url:
        yield url
