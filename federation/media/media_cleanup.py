"""What keeps the media store small and true: run `clean_up` every few minutes and `sweep` once a night."""

import structlog

from federation.instance import Instance
from federation.media_store import SETTLED
from models.posts.media import media_files
from models.store.database import connection, transaction

MEGABYTE = 1_000_000

BATCH = 500

log = structlog.get_logger(__name__)


async def clean_up(instance: Instance) -> int:
    """Delete uploads that nobody used, trim the cache, remove the files of deleted pictures; how many files went."""
    async with transaction(instance.pool) as conn:
        await media_files.delete_orphans(conn)
        await media_files.trim_cache(conn, instance.settings.media_cache * MEGABYTE)
    removed = 0
    while True:
        async with connection(instance.pool) as conn:
            keys = await media_files.list_unused_files(conn, BATCH)
        if not keys:
            return removed
        await instance.store.delete(keys)  # files first: a crash in between leaves work, never waste
        async with transaction(instance.pool) as conn:
            await media_files.forget_unused_files(conn, keys)
        removed += len(keys)


async def sweep(instance: Instance, settled: float = SETTLED) -> int:
    """Remove files that no row names, left behind by processes that died between the file and its row.

    Files of the last `settled` seconds are left alone. How many were removed.
    """
    removed = 0
    for group in instance.store.list_groups():
        keys = await instance.store.list_settled(group, settled)
        if not keys:
            continue
        async with connection(instance.pool) as conn:
            unknown = await media_files.list_unknown_files(conn, keys)
        await instance.store.delete(unknown)
        removed += len(unknown)
    if removed:
        log.info("unknown_files_removed", files=removed)
    return removed
